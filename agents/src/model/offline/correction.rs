//! A correction said in free words, applied to what is known: hours set or changed, materials set, added or taken out,
//! another customer, other work; or only the name of what is wrong, which then is asked for.

use super::{
    draft::Draft,
    hours,
    lexicon::{self, Class},
    materials::Item,
    report::{self, Expect, Facts},
    signals::{self, Signals},
    words::{self, Token, fold, read},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    Changed,
    /// Nothing new was said.
    Nothing,
}

/// Applies `text` to `draft`.
pub fn apply(draft: &mut Draft, text: &str, expect: Expect) -> Applied {
    let facts = report::read(text, Expect { amends: true, ..expect });
    let signals = signals::of(text);
    apply_facts(draft, text, facts, signals)
}

fn apply_facts(draft: &mut Draft, text: &str, facts: Facts, signals: Signals) -> Applied {
    let before = draft.clone();
    let tokens = read(text);
    let materials_changed = change_materials(draft, &tokens, &facts, signals);
    change_hours(draft, &tokens, &facts);
    if facts.is_empty()
        && signals.corrects
        && draft.hours.is_some()
        && house_number(&tokens, &facts).is_none()
    {
        // "make it 2": a bare number is the hours
        hours::bare(&tokens).into_iter().for_each(|hours| draft.set_hours(hours));
    }
    change_place(draft, &tokens, &facts, signals);
    change_work(draft, &facts, signals, materials_changed);
    if same(draft, &before) {
        clear_what_is_wrong(draft, signals);
    }
    if same(draft, &before) {
        return Applied::Nothing;
    }
    draft.changed();
    Applied::Changed
}

/// Whether both tell the same facts.
fn same(a: &Draft, b: &Draft) -> bool {
    (&a.name, &a.address, &a.work, a.hours, a.odd_hours, &a.materials, &a.search)
        == (&b.name, &b.address, &b.work, b.hours, b.odd_hours, &b.materials, &b.search)
}

fn change_hours(draft: &mut Draft, tokens: &[Token<'_>], facts: &Facts) {
    let another = tokens.windows(2).any(|w| {
        w[0].is(&["another", "noch", "further"])
            && (w[1].is(&["half", "eine", "ne", "an", "einmal"]) || w[1].number().is_some())
    });
    match (facts.more_hours, facts.hours, draft.hours) {
        (Some(more), _, Some(known)) => draft.set_hours(known + more),
        (None, Some(more), Some(known)) if another => draft.set_hours(known + more),
        (_, Some(hours), _) => draft.set_hours(hours),
        _ => {}
    }
}

fn change_place(draft: &mut Draft, tokens: &[Token<'_>], facts: &Facts, signals: Signals) {
    if let Some(number) = house_number(tokens, facts) {
        let known = draft.address.clone().or_else(|| draft.customer().map(|c| c.address.clone()));
        if let Some(address) = known {
            draft.address = Some(with_number(&address, &number));
            draft.search_again();
        }
        return;
    }
    if !facts.has_place()
        || facts.name.is_some()
            && draft.may_concern(facts)
            && facts.address.is_none()
            && !signals.wrong_customer
    {
        return;
    }
    let new_name =
        facts.name.clone().filter(|_| draft.name.as_deref().map(fold) != facts.name.as_deref().map(fold));
    match (&new_name, &facts.address) {
        (None, None) => return,
        (Some(_), None) if signals.wrong_customer => draft.address = None,
        (_, Some(address)) => draft.address = Some(address.clone()),
        (Some(_), None) => {}
    }
    if new_name.is_some() {
        draft.name = new_name;
    } else if signals.wrong_customer && facts.name.is_none() {
        draft.name = None;
    }
    draft.search_again();
}

/// "Hausnummer 14": only the number of the address.
fn house_number(tokens: &[Token<'_>], facts: &Facts) -> Option<String> {
    let words = ["hausnummer", "hausnr", "nummer", "number", "nr", "no"];
    let at = tokens
        .iter()
        .position(|t| t.is(&words))
        .filter(|_| facts.address.is_none() && facts.hours.is_none())?;
    let number =
        tokens[at + 1..].iter().take(3).find(|t| t.integer().is_some_and(|n| n > 0 && n < 10_000))?;
    let named = !tokens[at].is(&["no", "nr", "number", "nummer"])
        || tokens
            .iter()
            .take(at)
            .all(|t| t.class.has(Class::FILLER.and(Class::NEGATION).and(Class::ARTICLE)) || !t.is_word());
    named.then(|| number.text.to_owned())
}

fn with_number(address: &str, number: &str) -> String {
    let tokens = read(address);
    match tokens.iter().find(|t| t.integer().is_some() && t.start > 0) {
        Some(old) => format!("{}{number}{}", &address[..old.start], &address[old.end..]),
        None => format!("{address} {number}"),
    }
}

fn change_work(draft: &mut Draft, facts: &Facts, signals: Signals, materials_changed: bool) {
    let Some(work) = &facts.work else { return };
    let nothing_else =
        !facts.has_place() && facts.hours.is_none() && facts.more_hours.is_none() && !materials_changed;
    let about_material = materials_changed && !signals.about_work;
    if !(work.sure && !about_material || nothing_else && signals.about_work || draft.work.is_none()) {
        return;
    }
    let text = strip_label(&work.text);
    match &draft.work {
        Some(known) if signals.adds && !fold(known).contains(&fold(&text)) => {
            draft.work = Some(format!("{known}, {text}"));
        }
        _ => draft.work = Some(text),
    }
}

/// "the work was ...": without its label.
fn strip_label(work: &str) -> String {
    let tokens = read(work);
    let label = tokens.iter().take(4).rposition(|t| t.is(&["work", "arbeit", "taetigkeit", "was", "war"]));
    let from = label.map_or(0, |at| at + 1);
    let rest = words::source(work, &tokens, from, tokens.len());
    if rest.is_empty() { work.to_owned() } else { rest }
}

/// Whether the materials were spoken of.
fn change_materials(draft: &mut Draft, tokens: &[Token<'_>], facts: &Facts, signals: Signals) -> bool {
    if signals.removes && remove(draft, tokens, facts) {
        return true;
    }
    let Some(said) = &facts.materials else { return false };
    let known = draft.materials.clone().unwrap_or_default();
    if said.is_empty() || known.is_empty() || draft.materials.is_none() {
        draft.materials = Some(said.clone());
        return true;
    }
    draft.materials = Some(merged(known, said, signals, tokens));
    true
}

fn merged(mut known: Vec<Item>, said: &[Item], signals: Signals, tokens: &[Token<'_>]) -> Vec<Item> {
    let more = tokens
        .iter()
        .any(|t| t.is(&["noch", "another", "more", "weitere", "weiteren", "extra", "zusaetzlich"]));
    let mut new: Vec<Item> = Vec::new();
    for item in said {
        match known.iter_mut().find(|k| is_same(k, item)) {
            Some(same) => {
                same.quantity = match (item.counted, signals.adds && more) {
                    (_, true) => same.quantity + item.quantity,
                    (true, false) => item.quantity,
                    (false, false) => same.quantity,
                };
                same.unit = item.unit.clone().or(same.unit.take());
                if !item.is_generic() && !item.name.is_empty() {
                    same.name.clone_from(&item.name);
                }
            }
            None => new.push(item.clone()),
        }
    }
    if new.is_empty() || signals.adds && !signals.corrects {
        known.extend(new);
        return known;
    }
    let all_new = new.len() == said.len();
    if let ([old], [only], false) = (known.as_slice(), new.as_mut_slice(), signals.adds) {
        only.quantity = if only.counted { only.quantity } else { old.quantity };
    }
    if all_new && (known.len() == 1 && said.len() == 1 && signals.corrects || said.len() > 1 && !signals.adds)
    {
        return new;
    }
    known.extend(new);
    known
}

/// Whether both name one material: the same words, or the same kind of part with no other details.
fn is_same(a: &Item, b: &Item) -> bool {
    if fold(&a.name) == fold(&b.name) || b.name.is_empty() {
        return true;
    }
    let one_kind = a.concept().is_some() && a.concept() == b.concept();
    one_kind && (a.is_generic() || b.is_generic() || shares_code(a, b))
}

fn shares_code(a: &Item, b: &Item) -> bool {
    let codes = |item: &Item| -> Vec<String> {
        read(&item.name).into_iter().filter(|t| t.number().is_some()).map(|t| t.folded).collect()
    };
    let (a, b) = (codes(a), codes(b));
    !a.is_empty() && a == b
}

/// "without the siphon", "streich die Dichtung", "kein Siphon".
fn remove(draft: &mut Draft, tokens: &[Token<'_>], facts: &Facts) -> bool {
    let Some(known) = &draft.materials else { return false };
    if facts.materials.as_ref().is_some_and(Vec::is_empty) {
        return false;
    }
    let markers = tokens.iter().enumerate().filter(|(_, t)| {
        t.one_of(
            "remove streich streiche streichen delete loesche entferne entfernen weglassen raus weg \
            drop ohne without kein keine keinen no minus",
        )
    });
    let mut concepts: Vec<usize> = Vec::new();
    for (at, marker) in markers {
        let ahead = tokens[at + 1..].iter().take(4).take_while(|t| !t.parts());
        concepts.extend(ahead.filter_map(|t| lexicon::concept(&t.folded)).take(1));
        if marker.is(&["raus", "weg", "weglassen", "streichen", "entfernen"]) {
            concepts
                .extend(tokens[at.saturating_sub(3)..at].iter().filter_map(|t| lexicon::concept(&t.folded)));
        }
    }
    let kept: Vec<Item> =
        known.iter().filter(|item| !item.concept().is_some_and(|c| concepts.contains(&c))).cloned().collect();
    let removed = kept.len() < known.len();
    if removed {
        draft.materials = Some(kept);
    }
    removed
}

/// Only what is wrong was named: it is asked for again.
fn clear_what_is_wrong(draft: &mut Draft, signals: Signals) {
    if signals.about_hours {
        draft.hours = None;
    }
    if signals.about_materials {
        draft.materials = None;
    }
    if signals.about_work {
        draft.work = None;
    }
    if signals.about_place {
        draft.name = None;
        draft.address = None;
        draft.search_again();
    }
}

#[cfg(test)]
#[path = "correction_tests.rs"]
mod tests;
