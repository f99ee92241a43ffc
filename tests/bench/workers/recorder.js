// The built Worker behind a D1 binding that writes down what passes: every statement's text, and what D1 says it cost.
// The reference Worker takes its statements from here, so that both always run the same.
import Portcullis from './worker.js';

export { HasherObject, LimiterObject } from './worker.js';

let batches = [];

class D1Database {
  constructor(db) {
    this.db = db;
    this.sql = new Map();
  }
  prepare(sql) {
    const prepared = this.db.prepare(sql);
    return {
      bind: (...args) => {
        const bound = prepared.bind(...args);
        this.sql.set(bound, sql);
        return bound;
      },
    };
  }
  async batch(statements) {
    const results = await this.db.batch(statements);
    batches.push(statements.map((one, at) => ({ sql: this.sql.get(one), read: results[at].meta.rows_read, written: results[at].meta.rows_written })));
    return results;
  }
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/recorded') {
      const recorded = batches;
      batches = [];
      return Response.json(recorded);
    }
    return Portcullis.fetch(request, { ...env, DB: new D1Database(env.DB) }, ctx);
  },
};
