//! The words on an invoice, in each language. Says nothing that depends on an invoice's figures.

use domain::{
    billing::{Line, LineKind},
    language::Language,
};

/// The columns of the table, in their order.
pub(super) const COLUMNS: usize = 6;

pub(super) struct Words {
    pub invoice: &'static str,
    pub cancellation: &'static str,
    pub number: &'static str,
    pub date: &'static str,
    pub supply: &'static str,
    pub due: &'static str,
    pub customer: &'static str,
    pub reference: &'static str,
    pub job: &'static str,
    pub work: &'static str,
    pub location: &'static str,
    pub cancels: &'static str,
    pub reason: &'static str,
    pub columns: [&'static str; COLUMNS],
    pub net: &'static str,
    pub vat: &'static str,
    pub gross: &'static str,
    pub iban: &'static str,
    pub bic: &'static str,
    pub vat_id: &'static str,
    pub tax_number: &'static str,
    pub page: &'static str,
    pub of: &'static str,
}

const GERMAN: Words = Words {
    invoice: "Rechnung",
    cancellation: "Stornorechnung",
    number: "Rechnungsnummer",
    date: "Rechnungsdatum",
    supply: "Leistungsdatum",
    due: "Fällig am",
    customer: "Kundennummer",
    reference: "Ihre Referenz",
    job: "Auftrag",
    work: "Ausgeführte Arbeiten",
    location: "Leistungsort",
    cancels: "Storniert wird",
    reason: "Grund",
    columns: ["Pos.", "Bezeichnung", "Menge", "Einheit", "Einzelpreis", "Betrag"],
    net: "Nettobetrag",
    vat: "Umsatzsteuer",
    gross: "Gesamtbetrag",
    iban: "IBAN",
    bic: "BIC",
    vat_id: "USt-IdNr.",
    tax_number: "Steuernummer",
    page: "Seite",
    of: "von",
};

const ENGLISH: Words = Words {
    invoice: "Invoice",
    cancellation: "Cancellation invoice",
    number: "Invoice number",
    date: "Invoice date",
    supply: "Date of supply",
    due: "Due on",
    customer: "Customer number",
    reference: "Your reference",
    job: "Job",
    work: "Work done",
    location: "Place of supply",
    cancels: "Cancels",
    reason: "Reason",
    columns: ["No.", "Description", "Quantity", "Unit", "Unit price", "Amount"],
    net: "Net",
    vat: "VAT",
    gross: "Total",
    iban: "IBAN",
    bic: "BIC",
    vat_id: "VAT ID",
    tax_number: "Tax number",
    page: "Page",
    of: "of",
};

impl Words {
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::De => &GERMAN,
            Language::En => &ENGLISH,
        }
    }
}

/// What a line is for. `subject` is the line's own, made fit for a document.
pub(super) fn line(language: Language, line: &Line, subject: &str) -> String {
    let contract = !subject.is_empty();
    match (language, line.kind) {
        (_, LineKind::Material) => subject.to_owned(),
        (Language::De, LineKind::LabourIncluded) => format!("Arbeitszeit, im Vertrag {subject} enthalten"),
        (Language::De, LineKind::Labour) if contract => {
            format!("Arbeitszeit über den Vertrag {subject} hinaus")
        }
        (Language::De, LineKind::Labour) => "Arbeitszeit".to_owned(),
        (Language::De, LineKind::LabourWaived) => {
            format!("Arbeitszeit über den Vertrag {subject} hinaus, Kulanz")
        }
        (Language::De, LineKind::CallOut) => "Anfahrt".to_owned(),
        (Language::De, LineKind::CallOutWaived) => "Anfahrt, Kulanz".to_owned(),
        (Language::De, LineKind::MaterialLeftOut) => format!("{subject}, nicht berechnet"),
        (Language::En, LineKind::LabourIncluded) => format!("Labour, included in the {subject} contract"),
        (Language::En, LineKind::Labour) if contract => format!("Labour beyond the {subject} contract"),
        (Language::En, LineKind::Labour) => "Labour".to_owned(),
        (Language::En, LineKind::LabourWaived) => format!("Labour beyond the {subject} contract, goodwill"),
        (Language::En, LineKind::CallOut) => "Call-out".to_owned(),
        (Language::En, LineKind::CallOutWaived) => "Call-out, goodwill".to_owned(),
        (Language::En, LineKind::MaterialLeftOut) => format!("{subject}, not charged"),
    }
}

/// Below a line that was given: what it would have cost, net.
pub(super) fn worth(language: Language, amount: &str) -> String {
    match language {
        Language::De => format!("Wert {amount} netto, aus Kulanz nicht berechnet"),
        Language::En => format!("Worth {amount} net, given as goodwill"),
    }
}

pub(super) fn payable(language: Language, amount: &str, date: &str) -> String {
    match language {
        Language::De => format!("Zahlbar ohne Abzug bis zum {date}: {amount}."),
        Language::En => format!("Payable in full by {date}: {amount}."),
    }
}

pub(super) fn transfer(language: Language, number: &str) -> String {
    match language {
        Language::De => format!("Bitte geben Sie bei der Überweisung die Rechnungsnummer {number} an."),
        Language::En => format!("Please quote the invoice number {number} with your transfer."),
    }
}

/// On a cancellation. `number` is the cancelled invoice's.
pub(super) fn undone(language: Language, number: &str) -> String {
    match language {
        Language::De => {
            format!(
                "Mit dieser Stornorechnung ist die Rechnung {number} in voller Höhe aufgehoben. Bereits Gezahltes wird erstattet."
            )
        }
        Language::En => {
            format!(
                "This cancellation invoice undoes invoice {number} in full. Whatever was paid for it is refunded."
            )
        }
    }
}

/// What a household may deduct from its income tax (§ 35a EStG), for labour and the way there.
pub(super) fn labour_share(language: Language, net: &str, vat: &str, gross: &str) -> String {
    match language {
        Language::De => format!(
            "Im Gesamtbetrag enthaltene Arbeits- und Fahrtkosten (§ 35a EStG): {gross}, davon netto {net}, Umsatzsteuer {vat}."
        ),
        Language::En => format!(
            "Labour and travel contained in the total (section 35a of the German Income Tax Act): {gross}, of it net {net}, VAT {vat}."
        ),
    }
}

/// § 14 (4) no. 9 and § 14b (1) sentence 5 UStG: work on a building for a person who is no trader.
pub(super) fn retention(language: Language) -> &'static str {
    match language {
        Language::De => {
            "Hinweis für Privatpersonen: Bitte bewahren Sie diese Rechnung zwei Jahre lang auf (§ 14b Abs. 1 Satz 5 UStG)."
        }
        Language::En => {
            "For private customers: please keep this invoice for two years (section 14b (1) sentence 5 of the German VAT Act)."
        }
    }
}
