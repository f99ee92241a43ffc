-- Accounts nobody ever verified are cleared away by cron after 30 days.

CREATE INDEX customer_users_unverified ON customer_users (created_at) WHERE email_verified_at IS NULL AND deleted_at IS NULL;

-- Deleting an account asks each child table for rows of it, so the indexes by user cover all rows, not only live ones.
-- Ended and used rows are swept after a day, so they cost next to nothing.
DROP INDEX customer_user_sessions_live;
CREATE INDEX customer_user_sessions_by_user ON customer_user_sessions (user_id, created_at);
DROP INDEX customer_verifications_pending;
CREATE INDEX customer_verifications_by_user ON customer_user_email_verifications (user_id, purpose, created_at);
DROP INDEX customer_resets_pending;
CREATE INDEX customer_resets_by_user ON customer_user_password_resets (user_id, created_at);
CREATE INDEX customer_user_acls_by_account ON customer_user_acls (user_id);

-- Who goes takes along the invitations they sent.
CREATE INDEX customer_invitations_by_inviter ON customer_user_invitations (invited_by_customer_user_id) WHERE invited_by_customer_user_id IS NOT NULL;
