//! The inbox a development deployment shows instead of sending.
