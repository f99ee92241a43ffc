//! Broken twins: deliberately wrong variants that tests must catch, compiled into the one test build only.

/// Whether the named twin runs. In a release build this is `false` and the branch behind it is gone. Not inlined, so that
/// the names stand in the twin build as text, and a test can tell the two builds apart.
#[cfg(feature = "twins")]
#[inline(never)]
pub fn is(active: &str, name: &str) -> bool {
    active == name
}

#[cfg(not(feature = "twins"))]
pub const fn is(_active: &str, _name: &str) -> bool {
    false
}

/// What a bug would do, for the test that sees whom it takes along.
#[cfg(feature = "twins")]
#[expect(clippy::panic, reason = "the one place that panics on purpose")]
pub fn panic() {
    panic!("a twin panics");
}
