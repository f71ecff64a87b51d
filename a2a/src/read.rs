//! Reading ProtoJSON kindly: null and absent are the default, an empty string is none. Writes nothing.

use serde::{Deserialize, Deserializer};

/// A field whose null stands for its default.
///
/// # Errors
/// Where the value is of another type.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A text whose null or empty value stands for none.
///
/// # Errors
/// Where the value is no text.
pub fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

/// An enum of the protocol: its names, its numbers (ProtoJSON readers accept both), and room for values of later
/// versions.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident: $($(#[$variant_doc:meta])* $variant:ident = $number:literal $text:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub enum $name {
            /// Not said.
            #[default]
            Unspecified,
            $($(#[$variant_doc])* $variant,)+
            /// A value this version does not know, as it came.
            Unknown(String),
        }

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    Self::Unspecified => Self::UNSPECIFIED,
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }

            #[must_use]
            pub fn read(text: &str) -> Self {
                match text {
                    "" => Self::Unspecified,
                    text if text == Self::UNSPECIFIED => Self::Unspecified,
                    $($text => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }

            fn of_number(number: i64) -> Self {
                match number {
                    0 => Self::Unspecified,
                    $($number => Self::$variant,)+
                    other => Self::Unknown(other.to_string()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(untagged)]
                enum Wire {
                    Text(String),
                    Number(i64),
                    Nothing(()),
                }
                Ok(match Wire::deserialize(deserializer)? {
                    Wire::Text(text) => Self::read(&text),
                    Wire::Number(number) => Self::of_number(number),
                    Wire::Nothing(()) => Self::Unspecified,
                })
            }
        }
    };
}

pub(crate) use open_enum;
