//! What `network!` rejects: each `ui/<rule>/<case>.fail.rs` with the compiler's words in `<case>.fail.stderr`.
//! Its twin `<case>.pass.rs`, mended, is compiled and run by `accepted.rs`.

#[test]
fn mistakes_are_told() {
    trybuild::TestCases::new().compile_fail("ui/*/*.fail.rs");
}
