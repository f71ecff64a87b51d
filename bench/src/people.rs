//! Who writes: technicians with numbers of their own, one office clerk, and the one customer that all of them visit.

use std::fmt::Write as _;

/// The number of a sender: German, of the usual length.
pub fn phone(sender: u32) -> String {
    format!("4915{sender:09}")
}

/// The number of the one clerk.
pub const CLERK: &str = "4930111222333";

/// The list that `plumbline users import` reads.
pub fn list(senders: u32) -> String {
    let mut list = format!("phone,name,role\n{CLERK},Office Clerk,office\n");
    for sender in 0..senders {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "{},Technician {sender},technician", phone(sender));
    }
    list
}

/// The list that `plumbline customers import` reads.
pub const CUSTOMERS: &str = "customer_id,name,street,postal_code,city,phone,email,contract\n\
    789,Erika Meier,Schillerstrasse 12,10117,Berlin,+4930123456,meier@example.org,plus\n";
