//! One line of `/trace` for one step of a turn. Pure.

use domain::live::{Progress, ProgressStep};

use super::layout;

/// Arguments and results are cut to this many columns.
const SHOWN: usize = 400;

/// `None` for steps that say nothing: streamed words appear as the message.
#[must_use]
pub fn line(progress: &Progress) -> Option<String> {
    let said = match &progress.step {
        ProgressStep::Started => "turn begins".to_owned(),
        ProgressStep::ModelCalled { round } => format!("model round {round}"),
        ProgressStep::Said { .. } | ProgressStep::StaffType => return None,
        ProgressStep::ModelReplied { round, calls, tokens, millis } => {
            let calls = if *calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") };
            format!("model round {round} answered: {calls}, {tokens} tokens, {millis} ms")
        }
        ProgressStep::ToolCalled { name, arguments, .. } => format!("{} {}", short(name), short(arguments)),
        ProgressStep::ToolReturned { name, result, millis, .. } => {
            format!("{} = {} ({millis} ms)", short(name), short(result))
        }
        ProgressStep::Parked { waits } => format!("turn waits for {}", short(&waits.join(", "))),
        ProgressStep::Finished => "turn ends".to_owned(),
        ProgressStep::Failed { reason } => format!("turn failed: {}", short(reason)),
    };
    Some(format!("  {}: {said}", progress.agent))
}

fn short(text: &str) -> String {
    layout::cut(&layout::one_line(text), SHOWN)
}
