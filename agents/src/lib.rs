//! Agents, prompts, the turn machine and the models.
