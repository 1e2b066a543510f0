//! The calls whose results are the body's: they are marked before the body is rewritten, which takes the marks away.

use syn::{Block, Expr, ExprCall, Stmt, parse_quote};

/// Marks the calls whose results are the body's.
pub fn mark_last(result: &mut Expr) {
    match result {
        Expr::Call(call) => call.attrs.push(parse_quote!(#[last])),
        Expr::Block(block) => mark_last_of(&mut block.block),
        Expr::If(choice) => {
            mark_last_of(&mut choice.then_branch);
            choice
                .else_branch
                .iter_mut()
                .for_each(|(_, other)| mark_last(other));
        }
        Expr::Match(choice) => choice
            .arms
            .iter_mut()
            .for_each(|arm| mark_last(&mut arm.body)),
        _ => {}
    }
}

/// The same of what a block gives.
pub fn mark_last_of(block: &mut Block) {
    if let Some(Stmt::Expr(result, None)) = block.stmts.last_mut() {
        mark_last(result);
    }
}

/// Whether a call is marked.
pub fn is_last(call: &ExprCall) -> bool {
    call.attrs.iter().any(|mark| mark.path().is_ident("last"))
}
