//! Text that can be put together while the compiler evaluates constants.

/// A string of at most `N` bytes; what does not fit is cut off at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<const N: usize = 640> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    /// The empty text.
    pub const EMPTY: Self = Self {
        bytes: [0; N],
        length: 0,
    };

    /// Appends a string, whole or not at all.
    #[inline(never)] // Mistakes have hundreds of pieces, none of which is worth code of its own.
    pub const fn push(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        if self.length + bytes.len() <= N {
            let mut i = 0;
            while i < bytes.len() {
                self.bytes[self.length + i] = bytes[i];
                i += 1;
            }
            self.length += bytes.len();
        }
        self
    }

    /// Appends a string, or its beginning and `…` where it is too long.
    pub const fn push_cut(self, text: &str) -> Self {
        const ELLIPSIS: &str = "…";
        if self.length + text.len() <= N {
            return self.push(text);
        }
        // A few bytes are left for what follows: an index.
        let room = (N - self.length).saturating_sub(ELLIPSIS.len() + 24);
        let mut end = room;
        while end > 0 && !text.is_char_boundary(end) {
            end -= 1;
        }
        let (start, _) = text.split_at(end);
        self.push(start).push(ELLIPSIS)
    }

    /// Appends an ASCII string in lower case.
    pub const fn lower_case(self, text: &str) -> Self {
        let before = self.length;
        let mut this = self.push(text);
        let (_, appended) = this.bytes.split_at_mut(before);
        appended.make_ascii_lowercase();
        this
    }

    /// Appends words between brackets, or nothing where there are none.
    pub const fn listed(mut self, open: &str, words: &[&str], close: &str) -> Self {
        let mut i = 0;
        while i < words.len() {
            self = self.push(if i > 0 { ", " } else { open }).push(words[i]);
            i += 1;
        }
        if words.is_empty() {
            self
        } else {
            self.push(close)
        }
    }

    /// Appends a number in decimal.
    #[inline(never)]
    pub const fn number(self, number: usize) -> Self {
        let (mut digits, mut at, mut rest) = ([0u8; 20], 20, number);
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let (_, digits) = digits.split_at(at);
        match str::from_utf8(digits) {
            Ok(digits) => self.push(digits),
            Err(_) => self,
        }
    }

    /// Appends a number, or `_` where it is unknown.
    pub const fn size(self, size: Option<usize>) -> Self {
        match size {
            Some(size) => self.number(size),
            None => self.push("_"),
        }
    }

    /// The text so far.
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_built_at_compile_time() {
        const TEXT: Text = Text::EMPTY
            .push("needs ")
            .number(1024)
            .push(" or ")
            .size(None)
            .number(0);
        assert_eq!(TEXT.as_str(), "needs 1024 or _0");
    }

    #[test]
    fn cuts_at_its_capacity() {
        let text = Text::<4>::EMPTY.push("abc").push("de").push("f");
        assert_eq!(text.as_str(), "abcf");
    }
}
