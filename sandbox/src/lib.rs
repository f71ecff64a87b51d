//! A WhatsApp Cloud API emulator.
