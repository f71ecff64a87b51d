//! Agents, prompts, the turn machine and the models. No IO outside `model/`.

pub mod definition;
pub mod model;
pub mod prompt;
pub mod texts;
pub mod turn;
