//! The ways in and out: terminal, agent link, WhatsApp.
