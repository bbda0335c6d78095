//! Values that go into statements and come out of rows.
//!
//! Three kinds are enough for both engines: whole numbers of 64 bits, text and bytes.

use crate::StoreError;

/// A value that goes into a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Param<'a> {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A value that came out of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// One row of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    /// A row of these values.
    #[must_use]
    pub const fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// The values, in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The number in this column, from 0.
    ///
    /// # Errors
    /// When there is no such column or it holds something else.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?
            .ok_or_else(|| unexpected(column, "a number"))
    }

    /// The number in this column, from 0; none where there is no value.
    ///
    /// # Errors
    /// When there is no such column or it holds something else.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected(column, "a number")),
        }
    }

    /// Whether the number in this column is another than 0.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// The text in this column, from 0.
    ///
    /// # Errors
    /// When there is no such column or it holds something else.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| unexpected(column, "text"))
    }

    /// The text in this column, from 0; none where there is no value.
    ///
    /// # Errors
    /// When there is no such column or it holds something else.
    pub fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(Some(value.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected(column, "text")),
        }
    }

    /// The bytes in this column, from 0.
    ///
    /// # Errors
    /// When there is no such column or it holds something else.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.maybe_bytes(column)?
            .ok_or_else(|| unexpected(column, "bytes"))
    }

    /// The bytes in this column, from 0; none where there is no value.
    ///
    /// # Errors
    /// When there is no such column or it holds something else.
    pub fn maybe_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.get(column) {
            Some(Value::Bytes(value)) => Ok(Some(value.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected(column, "bytes")),
        }
    }
}

fn unexpected(column: usize, wanted: &str) -> StoreError {
    StoreError::Corrupt(format!("column {column} of a result is not {wanted}"))
}
