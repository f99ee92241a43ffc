-- The tree of organizations as a closure: one row for each organization and each of those above it, itself at depth 0.
-- "Everything under X" and "everything above X" are index ranges, however deep the tree.

CREATE TABLE organization_paths (
  ancestor_id    TEXT NOT NULL,
  descendant_id  TEXT NOT NULL,
  depth          INTEGER NOT NULL,
  PRIMARY KEY (ancestor_id, descendant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX organization_paths_by_descendant ON organization_paths (descendant_id, ancestor_id);

-- Depth is bounded here only so that a parent chain which bites its own tail, if anybody made one, ends.
INSERT INTO organization_paths (ancestor_id, descendant_id, depth)
  WITH RECURSIVE above (ancestor_id, descendant_id, depth) AS (
    SELECT id, id, 0 FROM organizations
    UNION ALL
    SELECT o.parent_id, a.descendant_id, a.depth + 1 FROM above a JOIN organizations o ON o.id = a.ancestor_id
      WHERE o.parent_id IS NOT NULL AND a.depth < 64
  )
  SELECT ancestor_id, descendant_id, min(depth) FROM above GROUP BY ancestor_id, descendant_id;

-- Kept here and not by whoever writes an organization, so that no write can forget it. A row that moves takes along
-- everything under it: the paths from its old ancestors go, those from its new ones come. A move under one's own
-- descendant would make a pair that is there already, and the primary key refuses it with the whole batch.
CREATE TRIGGER organization_paths_after_insert AFTER INSERT ON organizations BEGIN
  INSERT INTO organization_paths (ancestor_id, descendant_id, depth)
    SELECT NEW.id, NEW.id, 0 UNION ALL SELECT ancestor_id, NEW.id, depth + 1 FROM organization_paths WHERE descendant_id = NEW.parent_id;
END;

CREATE TRIGGER organization_paths_after_move AFTER UPDATE OF parent_id ON organizations WHEN OLD.parent_id IS NOT NEW.parent_id BEGIN
  DELETE FROM organization_paths
    WHERE descendant_id IN (SELECT descendant_id FROM organization_paths WHERE ancestor_id = NEW.id)
      AND ancestor_id IN (SELECT ancestor_id FROM organization_paths WHERE descendant_id = NEW.id AND ancestor_id <> NEW.id);
  INSERT INTO organization_paths (ancestor_id, descendant_id, depth)
    SELECT a.ancestor_id, d.descendant_id, a.depth + d.depth + 1 FROM organization_paths a CROSS JOIN organization_paths d
      WHERE a.descendant_id = NEW.parent_id AND d.ancestor_id = NEW.id;
END;

CREATE TRIGGER organization_paths_after_delete AFTER DELETE ON organizations BEGIN
  DELETE FROM organization_paths WHERE descendant_id = OLD.id;
END;
