//! Whatever is written, the macro answers with tokens: it never panics.

use crate::network_tokens;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Real networks, in which mistakes are made.
const NETWORKS: &[&str] = &[
    "/// Documented.
     pub struct Mlp<inputs, classes> { hidden: Linear<inputs, 256>, act: Relu, out: Linear<_, classes>, }",
    "pub(crate) struct LeNet {
         conv1: Conv2d<_, 6, 5>(padding = 2, padding_mode = \"reflect\"),
         conv2: Conv2d<_, 16, (5, 3)>(stride = [1, 2], bias = false),
         head: netdsl::layer::Linear<_, { CLASSES + 1 }>,
     }
     #[inline]
     fn forward(image: [_, _, _]) -> [10] {
         let x = conv1(image).relu().max_pool2d(2);
         let x = conv2(x).leaky_relu(-0.1).flatten();
         head(-x * 2.0 + x)
     }",
    "struct Nested<channels, depth> {
         stem: Residual<channels>,
         #[doc = \"stack\"] pub blocks: [Residual<channels * 2>; depth],
         tail: Linear<_, channels / 4 - 1>,
     }
     fn forward(a: [channels, n, _], b: [_]) -> ([n], (_, [4, _])) {
         let (mut y, z) = (stem(a), helper(b, [1, _, -1]));
         for block in blocks { y = block(y) + y; y += z; }
         for i in 0..=3 { if i > 1 { y = y.reshape([n, _, 4]); } else { continue; } }
         let c = cat([y, z], 1)?;
         (tail.with_indices(c).0, (match z { _ => z }, y))
     }",
    "struct A { fc: Linear<1, 2> } struct B { a: A, r#type: [A; 3] } fn forward(x: [1]) { r#type(a(x)) }",
    "pub struct Generic<B: UnaryLayer + Send, const N: usize, A, const FLAG: bool, width>
     where A: UnaryLayer {
         first: B, act: A, inner: other::Pair::<B, N, { 2 }><>,
         rest: [Block::<N, true><width>; N],
         maybe: Option<Conv2d<_, { N }, 1>(stride = width)>(when = !(width % 2 <= 1) && N != 3 || FLAG),
     }
     fn forward(x: [N, width]) -> [N] {
         for i in 0..N { if FLAG { break; } }
         maybe(rest(inner(act(first(x))))).reshape([N * 2, _])
     }",
    "struct r#Raw<r#in, const r#MATCH: usize, r#B: UnaryLayer> {
         r#type: Linear<r#in, r#as>(r#bias = false), r#fn: [Linear<r#as, r#as>; r#MATCH], r#dyn: r#B,
         r#use: Linear<_, _>(weight = r#type.r#weight.t()),
     }
     fn forward(mut r#for: [r#in], r#loop: [r#as, _]) -> [r#as] {
         for r#mod in r#fn { r#for = r#mod(r#for); }
         if r#MATCH > 1 { return r#dyn(r#for); }
         r#use(r#fn[0](r#type(r#for))).reshape([r#as, -1, r#in])
     }",
    "struct Shadowed<n> { fc: Linear<_, n>, many: [Relu; 2] }
     fn forward(x: [4]) -> [n, _] {
         let fc = fc(x) * SCALE;
         let Some(many) = Some(many(fc)) else { return fc.reshape([n, 1]); };
         match many { fc if true => { return fc; } _ => {} }
         while let n = many { let f = { return fc * n; }; }
         many
     }",
    "fn gated(x: Tensor, gate: Tensor) -> Tensor { if ON { return x * gate.sigmoid(); } x - 0.5 }
     pub const fn both<const N: usize>(mut x: Tensor<'_>, y: [Tensor; N]) -> (Tensor, Tensor) { x *= 2.0; (x, gated(y[0], x)) }
     struct Gated { a: Linear<_, 4> } fn forward(x: [4]) -> [4] { gated(a(x), both(x, [x]).0) }",
    "Mlp<20, _>, seed = 7, dtype = f64",
    "netdsl::Generic::<Block<3>, 4, Relu, true><_>, seed = 1",
    "netdsl::Mlp<{ 2 + 3 }, (1, 2)>",
];

/// A body as PyTorch has it, which is told with calls that are written anew.
const PYTHON: &str =
    "struct Python<d> { a: Linear<d, 4> }
     fn forward(x: [3, d]) -> [3, 4] {
         let mut y = F.max_pool2d(F.relu(a(x ** 0.5) + x), (2, 2)) / x.norm(p=2, dim=1, keepdim=True) * d ** -0.5;
         y.mul_(y - 1.0);
         let z = F.normalize(-y, dim=1).clamp(min=0).sum(dim=(1, -2), keepdim=True) + y.max(dim=1)[0] / x.shape[1];
         F.pad(z, (1, 0), mode=\"reflect\") + torch.permute(z, 0, 2, 1) + F.interpolate(z, scale_factor=2, align_corners=False)
             + torch.reshape(x + z, (-1, 4)).squeeze().squeeze() + torch.pow(z as T, 2) + torch.flatten(z, 1)
     }";

const WORDS: &[&str] = &[
    "struct", "fn", "forward", "pub", "let", "mut", "for", "in", "while", "if", "else", "match",
    "move", "async", "const", "self", "Self", "crate", "super", "x", "conv", "Linear", "None", "E",
    "__at", "true", "return", "break", "unsafe", "dyn", "impl", "where", "as", "ref", "static",
    "type", "loop", "_", "r#type", "r#in", "r#n",
];

/// A small generator of its own: Knuth's MMIX constants.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }

    fn token(&mut self, depth: usize) -> Vec<TokenTree> {
        let span = Span::call_site();
        match self.below(10) {
            0..4 => {
                let word = WORDS[self.below(WORDS.len())];
                vec![match word.strip_prefix("r#") {
                    Some(raw) => Ident::new_raw(raw, span).into(),
                    None => Ident::new(word, span).into(),
                }]
            }
            4 => vec![Ident::new_raw("fn", span).into()],
            5 => {
                let literal = match self.below(6) {
                    0 => Literal::usize_unsuffixed(self.below(9)),
                    1 => Literal::f64_unsuffixed(0.5),
                    2 => Literal::string("same"),
                    3 => Literal::u64_suffixed(u64::MAX),
                    4 => Literal::character('c'),
                    _ => "340282366920938463463374607431768211456"
                        .parse()
                        .expect("a literal"),
                };
                vec![literal.into()]
            }
            6 | 7 if depth > 0 => {
                let delimiter = [
                    Delimiter::Brace,
                    Delimiter::Parenthesis,
                    Delimiter::Bracket,
                    Delimiter::None,
                ][self.below(4)];
                let length = self.below(6);
                vec![Group::new(delimiter, self.soup(length, depth - 1)).into()]
            }
            8 => {
                let pairs = ["->", "::", "..", "=>", "+=", "<<", ">=", "&&"];
                let pair = pairs[self.below(pairs.len())].as_bytes();
                vec![
                    Punct::new(pair[0] as char, Spacing::Joint).into(),
                    Punct::new(pair[1] as char, Spacing::Alone).into(),
                ]
            }
            _ => {
                let signs = b"<>,:;=+-*/!&|#?.'@$~^%";
                let sign = signs[self.below(signs.len())] as char;
                // A single quote begins a lifetime and cannot stand alone.
                match sign {
                    '\'' => vec![
                        Punct::new('\'', Spacing::Joint).into(),
                        Ident::new("t", span).into(),
                    ],
                    sign => vec![Punct::new(sign, Spacing::Alone).into()],
                }
            }
        }
    }

    fn soup(&mut self, length: usize, depth: usize) -> TokenStream {
        (0..length).flat_map(|_| self.token(depth)).collect()
    }

    /// The same tokens with some left out, doubled, replaced, swapped or put in.
    fn mutated(&mut self, tokens: TokenStream, one_in: usize) -> TokenStream {
        let mut out: Vec<TokenTree> = Vec::new();
        for token in tokens {
            let token = match token {
                TokenTree::Group(group) => {
                    let inside = self.mutated(group.stream(), one_in);
                    Group::new(group.delimiter(), inside).into()
                }
                token => token,
            };
            if self.below(one_in) > 0 {
                out.push(token);
                continue;
            }
            match self.below(5) {
                0 => {}
                1 => out.extend([token.clone(), token]),
                2 => out.extend(self.token(2)),
                3 => {
                    out.push(token);
                    out.extend(self.token(2));
                }
                _ => {
                    let place = self.below(out.len() + 1);
                    out.insert(place, token);
                }
            }
        }
        out.into_iter().collect()
    }
}

/// The macro's answer; `None` where it panics.
fn answer(tokens: &TokenStream) -> Option<TokenStream> {
    catch_unwind(AssertUnwindSafe(|| network_tokens(tokens.clone()))).ok()
}

#[test]
fn real_networks_expand() {
    for network in NETWORKS {
        let expanded = answer(&network.parse().expect("tokens"))
            .expect("it does not panic")
            .to_string();
        assert!(
            !expanded.is_empty() && !expanded.contains("compile_error"),
            "{network}\n{expanded}"
        );
    }
}

#[test]
fn layers_are_documented_as_they_are_written() {
    let written = "/// Documented.\nstruct Net { conv: Conv2d<_, 6, 5>(padding = 2), skip: Option<Relu>(when = A || B) }";
    let expanded = answer(&written.parse().expect("tokens"))
        .expect("it does not panic")
        .to_string()
        .replace(' ', "");
    for doc in [
        r"|`conv`|`Conv2d<_,6,5>(padding=2)`|\n",
        "typeNetShapes=",
        r"A\\|\\|B",
        "`Conv2d<_,6,5>(padding=2)`:sizesthatarenotwritten",
        "`Option<Relu>(when=A||B)`\"",
    ] {
        assert!(expanded.contains(doc), "{doc}\n{expanded}");
    }
}

#[test]
fn token_soup_never_panics() {
    let mut dice = Dice(1);
    for _ in 0..5_000 {
        let length = dice.below(30);
        let mut soup = dice.soup(length, 3);
        // Half of it gets past the first word.
        if dice.below(2) == 0 {
            let head: TokenStream = "struct Net".parse().expect("tokens");
            soup = head.into_iter().chain(soup).collect();
        }
        assert!(answer(&soup).is_some(), "panics on\n{soup}");
    }
}

#[test]
fn mutated_networks_never_panic() {
    for seed in [2, 4_242, 1_000_003] {
        survives(seed, 2_000);
    }
}

/// As [`mutated_networks_never_panic`], for as long as that takes.
#[test]
#[ignore = "some minutes"]
fn many_mutated_networks_never_panic() {
    for seed in 10..20 {
        survives(seed, 20_000);
    }
}

fn survives(seed: u64, rounds: usize) {
    let mut dice = Dice(seed);
    let mut well = 0;
    for round in 0..rounds {
        let written = NETWORKS.get(round % (NETWORKS.len() + 1));
        let network: TokenStream = written.unwrap_or(&PYTHON).parse().expect("tokens");
        let one_in = [4, 15, 60][dice.below(3)];
        let mutated = dice.mutated(network, one_in);
        let expanded = answer(&mutated);
        assert!(expanded.is_some(), "panics on\n{mutated}");
        well += usize::from(
            expanded.is_some_and(|tokens| !tokens.to_string().contains("compile_error")),
        );
    }
    // Some mutations are none: what follows the parser is reached, too.
    assert!(well > 100, "{well}");
}

#[test]
fn what_is_wrong_does_not_hide_what_comes_after() {
    let written = "struct One { a: 7, #[doc = \"b\"] pub b: Linear<,>, c: Linear<1, 2>(bias: true) d: Relu, e: E<1 2> }
         fn forward(x: 7, y) -> 8 { x +; }
         struct Two<'a> { a: Relu }
         fn backward() {}
         struct Three { a: Relu, a: Relu }";
    let told = answer(&written.parse().expect("tokens")).expect("it does not panic");
    let count = told.to_string().matches("compile_error").count();
    assert_eq!(count, 10, "{told}");
}

#[test]
fn mistakes_are_told_in_the_order_of_the_source() {
    let written = "struct Net<n> { n: Linear<1, 2>, __b: Relu } fn forward(x: [1], y) { x }";
    let told = answer(&written.parse().expect("tokens"))
        .expect("it does not panic")
        .to_string();
    let places = [
        "a dimension already",
        "netdsl's own",
        "give the shape of a sample",
    ]
    .map(|part| told.find(part));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{told}"
    );
}
