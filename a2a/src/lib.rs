//! Shapes of the A2A protocol, version 1.0 (`a2a.proto`, package `lf.a2a.v1`, in ProtoJSON), as far as this house speaks
//! it. Data only: nothing here sends, receives or decides.
//!
//! What comes in is read kindly, as ProtoJSON asks: every field may be absent or null, an empty string is no value,
//! unknown fields are ignored, an unknown enum value is kept as it came, and a field may be spelled as in the `.proto`.

pub mod card;
pub mod error;
pub mod message;
pub mod method;
pub mod push;
pub mod read;
pub mod request;
pub mod rpc;
pub mod stream;
pub mod task;

pub use error::{ErrorKind, ProtocolError};
pub use message::{Message, Part, Role};
pub use method::Method;
pub use task::{Artifact, Task, TaskState, TaskStatus};

/// The version on the wire: major and minor only.
pub const VERSION: &str = "1.0";
/// The header (or query parameter) that names the version. Absent or empty stands for 0.3 in the specification.
pub const VERSION_HEADER: &str = "a2a-version";
/// Where an agent's card is.
pub const CARD_PATH: &str = "/.well-known/agent-card.json";
/// The media type of the HTTP+JSON binding since 1.0.1; servers of 1.0.0 and several clients say `application/json`.
pub const MEDIA_TYPE: &str = "application/a2a+json";
