//! Lists with every kind of bad row.

use super::*;
use crate::contact::Role;

#[test]
fn the_demo_people_are_read() {
    let list = people(include_bytes!("../../../config/demo/users.csv"), "49").unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0].phone, "493023125001");
    assert_eq!((list[1].name.as_str(), &list[1].roles), ("Sabine", &vec![Role::Office]));
}

#[test]
fn each_bad_row_is_named_by_its_line_and_nothing_comes_out() {
    let list = b"customer_id,name,street,postal_code,city,phone,email,contract\n\
        1,Anna,Weg 1,10115,Berlin,,,Plus\n\
        ,Nobody,Weg 2,10115,Berlin,,,\n\
        1,Bert,Weg 3,10115,Berlin,,,\n\
        \n\
        2,Cara,\"Weg\n4\",10115,Berlin,,,\n\
        3,Dora,Weg 5,10115,Berlin,,nowhere,\n\
        4,Emil,Weg 6,10115,Berlin,,,Gold\n\
        5,Fritz\n\
        6,\xff\xfe,Weg 7,10115,Berlin,,,\n";
    let bad = customers(list, &["Basic", "Plus"]).unwrap_err();
    let lines: Vec<u64> = bad.rows.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4, 6, 8, 9, 10, 11]);
    let text = bad.to_string();
    for part in [
        "line 3: customer_id is empty",
        "line 4: customer_id 1 stands in line 2 already",
        "nowhere",
        "Gold",
        "2 columns where the heading has 8",
        "not UTF-8",
        "nothing was imported",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn headings_are_checked() {
    let error = |bytes: &[u8]| customers(bytes, &[]).unwrap_err().to_string();
    assert!(error(b"").contains("empty"));
    assert!(error(b"customer_id,nam\n1,A\n").contains("unknown column \"nam\""));
    assert!(error(b"customer_id\n1\n").contains("lacks the column name"));
    assert!(error(b"customer_id,name,name\n1,A,B\n").contains("twice"));
    assert_eq!(customers(b"customer_id,name\n", &[]).unwrap(), []);
    let semicolons = "\u{feff}Customer_ID;Name;City\r\n7;M\u{fc}ller;K\u{f6}ln\r\n";
    let read = customers(semicolons.as_bytes(), &[]).unwrap();
    assert_eq!((read[0].id.as_str(), read[0].name.as_str(), read[0].city.as_str()), ("7", "Müller", "Köln"));
}

#[test]
fn many_bad_rows_are_counted() {
    let list = format!("customer_id,name\n{}", ",x\n".repeat(200));
    let bad = customers(list.as_bytes(), &[]).unwrap_err();
    assert_eq!((bad.rows.len(), bad.count), (50, 200));
    assert!(bad.to_string().ends_with("and 150 more"));
}

#[test]
fn people_with_two_roles_are_one_person() {
    let list = people(b"phone,name,role\n030 23125001,Frank,technician\n+493023125001,Frank,Office\n", "49")
        .unwrap();
    assert_eq!(
        list,
        [Person {
            phone: "493023125001".into(),
            name: "Frank".into(),
            roles: vec![Role::Technician, Role::Office]
        }]
    );
    let bad = people(
        b"phone,name,role\n1,A,technician\n030 23125001,B,boss\n030 23125002,C,\nabc,D,office\n",
        "49",
    );
    assert_eq!(bad.unwrap_err().rows.len(), 4);
    let two = people(b"phone,name,role\n030 23125001,A,office\n030 23125001,B,office\n", "49").unwrap_err();
    assert_eq!(two.rows[0].0, 3);
}

#[test]
fn phones_are_told_apart_by_their_beginning() {
    for (written, digits) in [
        ("+49 (0)30 23125-001", "493023125001"),
        ("0049 30 23125001", "493023125001"),
        ("(030) 23125 001", "493023125001"),
        ("493023125001", "493023125001"),
        ("+43 1 5130000", "4315130000"),
    ] {
        assert_eq!(digits_of_phone(written, "49").as_deref(), Ok(digits), "{written}");
    }
    for bad in ["", "12", "+", "0", "+0 123456789", "1234567890123456", "030-CALLME"] {
        assert!(digits_of_phone(bad, "49").is_err(), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_are_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let mut list = b"phone,name,role\n".to_vec();
        list.extend(&bytes);
        let _ = (people(&bytes, "49"), people(&list, "49"), customers(&bytes, &[]));
    }
}
