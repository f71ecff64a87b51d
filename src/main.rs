//! The `plumbline` command: everything it does is in the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    plumbline::main(std::env::args_os())
}
