//! Writing a chain down, step by step, and giving its values registers.

use super::{Normalization, Place, REGISTERS, RESULT, Spread, Step, Walk, Work};
use crate::kernel::binary::Binary;
use crate::kernel::unary::Unary;

/// A chain being written.
pub(crate) struct Builder<'a> {
    steps: &'a mut Vec<Step>,
    /// The first of them that is this chain's.
    first: usize,
    walks: &'a mut Vec<Walk>,
    /// Registers in use, bit by bit.
    taken: u32,
    /// How many were ever in use at once, counting from 0.
    registers: u8,
    cost: usize,
}

impl<'a> Builder<'a> {
    /// Begins a chain whose steps and walks are appended to these.
    pub(crate) fn new(steps: &'a mut Vec<Step>, walks: &'a mut Vec<Walk>) -> Self {
        Self {
            first: steps.len(),
            steps,
            walks,
            taken: 0,
            registers: 0,
            cost: 0,
        }
    }

    /// How many registers the chain needs, and about how many additions an element costs.
    pub(crate) fn finish(self) -> (usize, usize) {
        (self.registers as usize, self.cost)
    }

    fn take(&mut self) -> u8 {
        let register = self.taken.trailing_ones() as u8;
        assert!((register as usize) < REGISTERS, "a chain too long");
        self.taken |= 1 << register;
        self.registers = self.registers.max(register + 1);
        register
    }

    /// Gives a register back.
    pub(crate) fn release(&mut self, place: Place) {
        if let Place::Register(register) = place {
            self.taken &= !(1 << register);
        }
    }

    /// Adds a step whose result goes to a register, or is that of the chain.
    fn push(&mut self, work: Work, last: bool) -> Place {
        let to = if last { RESULT } else { self.take() };
        self.cost += work.cost();
        self.steps.push(Step { work, to });
        Place::Register(to)
    }

    /// The operand in whose memory the result goes.
    pub(crate) fn keep(&mut self) -> Place {
        self.push(Work::Keep, false)
    }

    /// An operand, spread if it is smaller than the result. Never to be released: its register
    /// serves all who read the operand.
    pub(crate) fn operand(&mut self, operand: u8, spread: Spread, last: bool) -> Place {
        let work = match spread {
            Spread::Full => return Place::Operand(operand),
            Spread::Scalar if last => Work::Fill(Place::Scalar(operand)),
            Spread::Scalar => return Place::Scalar(operand),
            Spread::Periodic { span, channels } => Work::Periodic {
                operand,
                span,
                channels,
            },
            Spread::Walk(walk) => {
                self.walks.push(walk);
                let walk = (self.walks.len() - 1) as u32;
                Work::Walk { operand, walk }
            }
        };
        let mut done = self.steps[self.first..].iter();
        match done.find(|step| step.work == work && !last) {
            Some(step) => Place::Register(step.to),
            None => self.push(work, last),
        }
    }

    /// One element everywhere.
    pub(crate) fn fill(&mut self, place: Place, last: bool) -> Place {
        self.push(Work::Fill(place), last)
    }

    /// A block, even of what is a single element, and whether it must be released.
    fn block(&mut self, place: Place) -> (Place, bool) {
        match place {
            Place::Scalar(_) | Place::Constant(_) => (self.fill(place, false), true),
            _ => (place, false),
        }
    }

    /// A step that wants blocks.
    fn on_blocks<const N: usize>(
        &mut self,
        places: [Place; N],
        last: bool,
        work: impl FnOnce([Place; N]) -> Work,
    ) -> Place {
        let blocks = places.map(|place| self.block(place));
        let result = self.push(work(blocks.map(|(place, _)| place)), last);
        for (place, own) in blocks {
            if own {
                self.release(place);
            }
        }
        result
    }

    /// A function of each element.
    pub(crate) fn unary(&mut self, function: Unary, x: Place, last: bool) -> Place {
        self.on_blocks([x], last, |[x]| Work::Unary(function, x))
    }

    /// A derivative times a gradient; what is not needed of x and y may be any place.
    pub(crate) fn gradient(
        &mut self,
        function: Unary,
        [x, y, dy]: [Place; 3],
        last: bool,
    ) -> Place {
        let (needs_x, needs_y) = function.gradient_needs();
        let work = |x, y, dy| Work::Gradient(function, [x, y, dy]);
        match (needs_x, needs_y) {
            (false, false) => self.on_blocks([dy], last, |[dy]| work(dy, dy, dy)),
            (true, false) => self.on_blocks([x, dy], last, |[x, dy]| work(x, dy, dy)),
            (false, true) => self.on_blocks([y, dy], last, |[y, dy]| work(dy, y, dy)),
            (true, true) => self.on_blocks([x, y, dy], last, |[x, y, dy]| work(x, y, dy)),
        }
    }

    /// A function of two elements.
    pub(crate) fn binary(&mut self, function: Binary, [a, b]: [Place; 2], last: bool) -> Place {
        let single = |place| matches!(place, Place::Scalar(_) | Place::Constant(_));
        if single(a) && single(b) {
            return self.on_blocks([a], last, |[a]| Work::Binary(function, [a, b]));
        }
        self.push(Work::Binary(function, [a, b]), last)
    }

    /// A normalisation.
    pub(crate) fn normalize(&mut self, x: Place, by: Normalization, last: bool) -> Place {
        self.on_blocks([x], last, |[x]| Work::Normalize(x, by))
    }

    /// One of two elements.
    pub(crate) fn select(&mut self, places: [Place; 3], last: bool) -> Place {
        self.on_blocks(places, last, Work::Select)
    }
}
