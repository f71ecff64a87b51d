//! The `plumbline` command: everything it does is in the library of the same name.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Turns make and drop many small things on several threads at once: with the system's own allocator a fifth of the
/// processor time went there (docs/performance.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    plumbline::main(std::env::args_os())
}
