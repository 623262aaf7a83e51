import { DatabaseSync } from 'node:sqlite'

/*
 * The emulator numbers a stream record by the highest number there is, which it searches among all records of the table: each write of
 * a long day costs more than the one before (dynoxide 1.2.1). Its store is a SQLite file, and these indexes make both of its queries
 * cheap. Run as a process of its own, with the file as argument.
 */
const database = new DatabaseSync(process.argv[2] ?? '')
database.exec(`
  CREATE INDEX stream_numbers ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
  CREATE INDEX shard_numbers ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
`)
database.close()
