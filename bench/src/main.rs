//! `plumbline-bench`: loads the release binary over HTTP and prints one table, each row beside what this machine could
//! do at best in the same run. It looks at the program from outside alone and shares no code with it.
//!
//! Two limits are measured with each run. The *bare handler* is an axum server in a process of its own that verifies
//! the signature, parses the body and answers; no disk. The *bare loop* is the same server with a group commit behind
//! it: the rows, pragmas, indexes and the batch cap of the house, and nothing else; it answers after the commit. Both are driven
//! by the same load over the same connections as the house, so the load generator takes its share of the processor from
//! all three alike. The loop is also shown without HTTP, as rows a second.

mod bare;
mod figures;
mod ground;
mod house;
mod live;
mod load;
mod rows;
mod seed;
mod stub;
mod table;
mod wire;

use clap::{Parser, ValueEnum};
use plumbline_bench::{people, postgres, webhook};

use crate::{house::Binary, table::Table};

#[derive(Parser)]
#[command(about, long_about = None)]
struct Arguments {
    /// The rows to measure; all of them where none is named.
    #[arg(long, value_enum)]
    only: Vec<Row>,
    /// A small run: seconds instead of minutes, for a look and not for the record.
    #[arg(long)]
    quick: bool,
    /// The binary to load; beside this program where it is not named.
    #[arg(long)]
    binary: Option<std::path::PathBuf>,
    /// Where the databases are made: the disk that is measured.
    #[arg(long)]
    folder: Option<std::path::PathBuf>,
    /// Serve as a limit; how this program starts itself.
    #[arg(long, hide = true)]
    bare: Option<bare::Limit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Row {
    /// Durable acknowledgements, beside the bare handler and the bare loop.
    Acks,
    /// Whole turns a second, processor time, memory, order.
    Turns,
    /// The latency that the house adds at a steady pace.
    Latency,
    /// Whole turns on PostgreSQL with one worker process and with four.
    Postgres,
    /// All of it with a store that has grown; memory and start.
    Growth,
    /// A thousand sockets of the live stream, a hundred messages a second.
    Live,
}

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub seconds: u64,
    pub senders: u32,
    pub messages: u32,
    pub steady_seconds: u64,
    pub conversations: u32,
}

impl Size {
    const FULL: Self =
        Self { seconds: 8, senders: 2_000, messages: 10, steady_seconds: 30, conversations: 100_000 };
    const QUICK: Self =
        Self { seconds: 2, senders: 200, messages: 5, steady_seconds: 5, conversations: 2_000 };
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(limit) = arguments.bare {
        return runtime.block_on(bare::serve(limit));
    }
    runtime.block_on(measure(arguments))
}

async fn measure(arguments: Arguments) -> anyhow::Result<()> {
    let binary = Binary::find(arguments.binary, arguments.folder)?;
    let size = if arguments.quick { Size::QUICK } else { Size::FULL };
    let wanted = |row| arguments.only.is_empty() || arguments.only.contains(&row);
    let mut table = Table::default();
    if wanted(Row::Acks) {
        rows::acks(&binary, size, &mut table).await?;
    }
    if wanted(Row::Turns) {
        rows::turns(&binary, size, &mut table).await?;
    }
    if wanted(Row::Latency) {
        rows::latency(&binary, size, &mut table).await?;
    }
    if wanted(Row::Postgres) {
        rows::postgres(&binary, size, &mut table).await?;
    }
    if wanted(Row::Growth) {
        rows::growth(&binary, size, &mut table).await?;
    }
    if wanted(Row::Live) {
        live::live(&binary, size, &mut table).await?;
    }
    table.print(&mut std::io::stdout(), &ground::machine())?;
    Ok(())
}
