"""Harbour: berths, invoices and documents for marinas, one database for all tenants."""
