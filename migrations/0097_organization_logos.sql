-- Logos that were uploaded, one an organization. The id is new with every upload, so that an address names one picture
-- for ever and browsers may keep it.

CREATE TABLE organization_logos (
  id               TEXT PRIMARY KEY,
  organization_id  TEXT NOT NULL REFERENCES organizations (id),
  media_type       TEXT NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
  -- Base64: at most 32 KiB of picture.
  content          TEXT NOT NULL CHECK (length(content) <= 43692),
  created_at       INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX organization_logos_by_organization ON organization_logos (organization_id);

-- Whatever route changes what an organization shows, a picture that it shows no more is not kept.
CREATE TRIGGER organization_logos_follow_their_organization AFTER UPDATE OF logo_url ON organizations
WHEN OLD.logo_url IS NOT NEW.logo_url BEGIN
  DELETE FROM organization_logos WHERE organization_id = NEW.id AND '/api/attachments/image/' || id IS NOT NEW.logo_url;
END;
