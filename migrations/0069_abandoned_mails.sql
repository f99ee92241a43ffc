-- Mails that were given up are kept for a month and swept.
CREATE INDEX mail_outbox_abandoned ON mail_outbox (abandoned_at) WHERE abandoned_at IS NOT NULL;
