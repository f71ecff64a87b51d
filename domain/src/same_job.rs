//! When two reports are the same: the same data under one job id, or the same work under two. Pure; decides nothing.

use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};

use crate::{job::JobReport, spelling::words};

impl JobReport {
    /// Of all data: a repeat of a job id with another one is a change, not a repeat. `1.5` and `1.50` hours are the same.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        };
        for text in [
            self.job_id.as_str(),
            &self.technician,
            self.customer_id.as_str(),
            &self.location,
            &self.work_done,
        ] {
            part(text.trim());
        }
        part(&number(self.hours_worked));
        for material in &self.materials_used {
            part(material.name.trim());
            part(&number(material.quantity));
        }
        part(&self.status);
        hex::encode(hash.finalize())
    }

    /// Of customer, hours and materials, whatever their order and spelling: two reports with the same one are perhaps
    /// one job reported twice. [`Self::reads_like`] tells further.
    #[must_use]
    pub fn work_fingerprint(&self) -> String {
        let mut materials: Vec<String> = self
            .materials_used
            .iter()
            .map(|material| format!("{}={}", words(&material.name).concat(), number(material.quantity)))
            .collect();
        materials.sort_unstable();
        let text = format!("{}\n{}\n{}", self.customer_id, number(self.hours_worked), materials.join("\n"));
        hex::encode(Sha256::digest(text.as_bytes()))
    }

    /// Whether the work is told in much the same words: half of the shorter telling's longer words are in the other.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> bool {
        let told = |text: &str| words(text).into_iter().filter(|w| w.chars().count() > 3).collect::<Vec<_>>();
        let (a, b) = (told(&self.work_done), told(&other.work_done));
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let shared = short.iter().filter(|word| long.contains(word)).count();
        short.is_empty() || shared * 2 >= short.len()
    }
}

fn number(value: Decimal) -> String {
    value.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Material;

    fn report(hours: &str, done: &str, materials: &[(&str, &str)]) -> JobReport {
        JobReport {
            job_id: "JOB-789-001".into(),
            technician: "Frank".to_owned(),
            customer_id: "789".into(),
            location: String::new(),
            work_done: done.to_owned(),
            hours_worked: hours.parse().unwrap(),
            materials_used: materials
                .iter()
                .map(|(name, quantity)| Material {
                    name: (*name).to_owned(),
                    quantity: quantity.parse().unwrap(),
                })
                .collect(),
            status: "validated_by_technician".to_owned(),
        }
    }

    #[test]
    fn the_same_data_is_the_same_however_numbers_are_written() {
        let one = report("1.5", "Repaired the sink pipe", &[("Gasket 10-B", "1")]);
        assert_eq!(
            one.fingerprint(),
            report("1.50", "Repaired the sink pipe", &[("Gasket 10-B", "1.0")]).fingerprint()
        );
        assert_ne!(
            one.fingerprint(),
            report("2", "Repaired the sink pipe", &[("Gasket 10-B", "1")]).fingerprint()
        );
        assert_ne!(
            one.fingerprint(),
            report("1.5", "Repaired the sink", &[("Gasket 10-B", "1")]).fingerprint()
        );
    }

    #[test]
    fn the_same_work_is_known_in_other_words_and_order() {
        let one = report("1.5", "Repaired the sink pipe", &[("Gasket 10-B", "1"), ("Pipe", "2")]);
        let two = report("1.50", "sink pipe repaired, all tight", &[("pipe", "2"), ("gasket 10 b", "1")]);
        assert_eq!(one.work_fingerprint(), two.work_fingerprint());
        assert!(one.reads_like(&two) && two.reads_like(&one));
        assert!(!one.reads_like(&report("1.5", "Unclogged a drain in the kitchen", &[])));
        assert_ne!(one.work_fingerprint(), report("1.5", "Repaired the sink pipe", &[]).work_fingerprint());
    }
}
