-- Invitations nobody has answered yet are listed by those who may invite, the latest first: of one company in the
-- portal, of one organization for staff.
CREATE INDEX customer_invitations_of_company ON customer_user_invitations (tenant_id, customer_entity_id, expires_at, id)
  WHERE accepted_at IS NULL AND cancelled_at IS NULL AND customer_entity_id IS NOT NULL;
CREATE INDEX customer_invitations_of_organization ON customer_user_invitations (tenant_id, organization_id, expires_at, id)
  WHERE accepted_at IS NULL AND cancelled_at IS NULL;
