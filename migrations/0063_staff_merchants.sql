-- The merchants a membership is for. Without a row it is for all of its place, as far as its role reaches beyond merchants.

CREATE TABLE staff_membership_merchants (
  membership_id  TEXT NOT NULL REFERENCES staff_memberships (id),
  merchant_id    TEXT NOT NULL REFERENCES merchants (id),
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (membership_id, merchant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_membership_merchants_by_merchant ON staff_membership_merchants (merchant_id, membership_id);
