//! A value that may be replaced while others work with it: each takes what holds at that moment, and keeps it for as long as
//! it needs it.

use std::sync::{Arc, PoisonError, RwLock};

/// Cheap to clone; all clones change together.
pub struct Current<T: ?Sized>(Arc<RwLock<Arc<T>>>);

impl<T: ?Sized> Clone for Current<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Current<T> {
    #[must_use]
    pub fn new(value: T) -> Self {
        Self::of(Arc::new(value))
    }
}

impl<T: ?Sized> Current<T> {
    #[must_use]
    pub fn of(value: Arc<T>) -> Self {
        Self(Arc::new(RwLock::new(value)))
    }

    /// What holds now.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on, `value`.
    pub fn set(&self, value: Arc<T>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

impl<T: Default> Default for Current<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: std::fmt::Debug + ?Sized> std::fmt::Debug for Current<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_taken_it_keeps_it_and_the_next_one_gets_the_new() {
        let current = Current::new(1);
        let (taken, twin) = (current.get(), current.clone());
        twin.set(Arc::new(2));
        assert_eq!((*taken, *current.get()), (1, 2));
    }
}
