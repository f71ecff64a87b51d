//! What the firm hands out on paper: invoices as a page, as PDF/A-3 and as the e-invoice inside it. Decides no figure, reads
//! no store, no clock and no file: everything comes from the stored invoice and the firm's configuration.

pub mod invoice;
mod paper;
mod text;
