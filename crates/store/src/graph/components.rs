//! Components, each once, and the chunks that bills of materials share.

use super::members::{self, Member};
use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// A component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentRow {
    /// Its number within the tenant.
    pub id: i64,
    /// Its package URL.
    pub purl: String,
    /// The package URL without version, qualifiers and subpath.
    pub package: String,
    /// Its name, as its ecosystem writes it.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its ecosystem, in the spelling of OSV.
    pub ecosystem: Option<String>,
    /// The source package it was built from.
    pub source_name: Option<String>,
    /// The version of that, where it is another.
    pub source_version: Option<String>,
}

/// A run of components that bills of materials share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkRow {
    /// Its number within the tenant.
    pub id: i64,
    /// What is in it.
    pub members: Vec<Member>,
}

const COLUMNS: &str = "id, purl, package, name, version, ecosystem, source_name, source_version";

fn read(row: &Row) -> Result<ComponentRow, StoreError> {
    Ok(ComponentRow {
        id: row.int(0)?,
        purl: row.text(1)?,
        package: row.text(2)?,
        name: row.text(3)?,
        version: row.maybe_text(4)?,
        ecosystem: row.maybe_text(5)?,
        source_name: row.maybe_text(6)?,
        source_version: row.maybe_text(7)?,
    })
}

impl Session<'_> {
    /// The next free number of a component.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn next_component(&mut self) -> Result<i64, StoreError> {
        self.next_id("components")
    }

    /// The numbers of those of these package URLs that are known, by package URL.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn component_ids(&mut self, purls: &[&str]) -> Result<Vec<(String, i64)>, StoreError> {
        let tenant = self.tenant().0;
        let mut found = Vec::new();
        let purls: Vec<Param<'_>> = purls.iter().map(|purl| Param::Text(purl)).collect();
        self.sql.each_of(
            "SELECT purl, id FROM components WHERE tenant = $1 AND purl IN ({of})",
            &[tenant.into()],
            &purls,
            |row| {
                found.push((row.text(0)?, row.int(1)?));
                Ok(())
            },
        )?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The component with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn component(&mut self, id: i64) -> Result<Option<ComponentRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM components WHERE tenant = $1 AND id = $2"),
            &[tenant.into(), id.into()],
            read,
        )
    }

    /// The components with these numbers, in no order; those that are not there are left out.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn components_by_id(&mut self, ids: &[i64]) -> Result<Vec<ComponentRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all_of(
            &format!("SELECT {COLUMNS} FROM components WHERE tenant = $1 AND id IN ({{of}})"),
            &[tenant.into()],
            ids,
            read,
        )
    }

    /// The licences of the components with these numbers: (component, licence), in no order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn licenses_of(&mut self, components: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all_of(
            "SELECT component, license FROM component_licenses WHERE tenant = $1 AND component IN ({of})",
            &[tenant.into()],
            components,
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }

    /// Components of a package, or of this name, or built from the source package of this name; at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn components_called(&mut self, name: &str, limit: i64) -> Result<Vec<ComponentRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM components WHERE tenant = $1 AND id IN (\
                 SELECT id FROM components WHERE tenant = $1 AND package = $2 \
                 UNION SELECT id FROM components WHERE tenant = $1 AND name = $2 \
                 UNION SELECT id FROM components WHERE tenant = $1 AND source_name = $2 \
                 UNION SELECT id FROM components WHERE tenant = $1 AND purl = $2) ORDER BY id LIMIT $3"
            ),
            &[tenant.into(), name.into(), limit.max(0).into()],
            read,
        )
    }

    /// Components with a number above `after`, by number, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn components(&mut self, after: i64, limit: i64) -> Result<Vec<ComponentRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {COLUMNS} FROM components WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3"),
            &[tenant.into(), after.into(), limit.max(0).into()],
            read,
        )
    }

    /// Adds components that are new.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_components(&mut self, components: &[ComponentRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = components
            .iter()
            .flat_map(|row| {
                [
                    tenant.into(),
                    row.id.into(),
                    (&row.purl).into(),
                    (&row.package).into(),
                    (&row.name).into(),
                    row.version.as_ref().into(),
                    row.ecosystem.as_ref().into(),
                    row.source_name.as_ref().into(),
                    row.source_version.as_ref().into(),
                ]
            })
            .collect();
        let columns = format!("tenant, {COLUMNS}");
        let insert = Insert {
            table: "components",
            columns: &columns,
            tail: "",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Says under which licences components are: (licence, component).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_licenses(&mut self, licenses: &[(String, i64)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = licenses
            .iter()
            .flat_map(|(license, component)| [tenant.into(), license.into(), (*component).into()])
            .collect();
        let insert = Insert {
            table: "component_licenses",
            columns: "tenant, license, component",
            tail: "ON CONFLICT (tenant, license, component) DO NOTHING",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Numbers of the components under this licence, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn components_under(&mut self, license: &str, limit: i64) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT component FROM component_licenses WHERE tenant = $1 AND license = $2 ORDER BY component LIMIT $3",
            &[tenant.into(), license.into(), limit.max(0).into()],
            |row| row.int(0),
        )
    }

    /// The number of the chunk with this digest.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn chunk_by_digest(&mut self, digest: &[u8]) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT id FROM chunks WHERE tenant = $1 AND digest = $2",
            &[tenant.into(), digest.into()],
            |row| row.int(0),
        )
    }

    /// Adds chunks that are new; out come their numbers, in the same order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_chunks<D: AsRef<[u8]>, M: AsRef<[Member]>>(
        &mut self,
        chunks: &[(D, M)],
    ) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        let first = self.next_id("chunks")?;
        let encoded: Vec<Vec<u8>> = chunks
            .iter()
            .map(|(_, content)| members::encode(content.as_ref()))
            .collect();
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let values: Vec<Param<'_>> = (first..)
            .zip(chunks.iter().zip(&encoded))
            .flat_map(|(id, ((digest, content), encoded))| {
                let content = content.as_ref();
                let edges = content.iter().map(|member| member.depends_on.len()).sum();
                [
                    tenant.into(),
                    id.into(),
                    digest.as_ref().into(),
                    count(content.len()).into(),
                    count(edges).into(),
                    encoded.into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "chunks",
            columns: "tenant, id, digest, components, edges, members",
            tail: "",
        };
        self.sql.insert(&insert, &values)?;
        let mut lines: Vec<(i64, i64)> = (first..)
            .zip(chunks)
            .flat_map(|(id, (_, content))| content.as_ref().iter().map(move |member| (member.component, id)))
            .collect();
        // In the order of the table; what stands twice would be refused.
        lines.sort_unstable();
        lines.dedup();
        let values: Vec<Param<'_>> = lines
            .iter()
            .flat_map(|(component, id)| [tenant.into(), (*component).into(), (*id).into()])
            .collect();
        let insert = Insert {
            table: "chunk_components",
            columns: "tenant, component, chunk",
            tail: "",
        };
        self.sql.insert(&insert, &values)?;
        Ok((first..).take(chunks.len()).collect())
    }

    /// Every chunk, handed over one by one.
    ///
    /// # Errors
    /// Those of the engine, and those of `chunk`.
    pub fn each_chunk(
        &mut self,
        after: i64,
        mut chunk: impl FnMut(ChunkRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.each(
            "SELECT id, members FROM chunks WHERE tenant = $1 AND id > $2 ORDER BY id",
            &[tenant.into(), after.into()],
            |row| {
                chunk(ChunkRow {
                    id: row.int(0)?,
                    members: members::decode(&row.bytes(1)?)?,
                })
            },
        )
    }

    /// The members of the chunks of an inventory, in order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn members_of(&mut self, inventory: i64) -> Result<Vec<Member>, StoreError> {
        let tenant = self.tenant().0;
        let mut all = Vec::new();
        self.sql.each(
            "SELECT c.members FROM inventory_chunks i JOIN chunks c ON c.tenant = i.tenant AND c.id = i.chunk \
             WHERE i.tenant = $1 AND i.inventory = $2 ORDER BY i.place",
            &[tenant.into(), inventory.into()],
            |row| {
                all.extend(members::decode(&row.bytes(0)?)?);
                Ok(())
            },
        )?;
        Ok(all)
    }
}
