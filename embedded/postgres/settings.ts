/** Server settings, by PostgreSQL's names. */
export type Settings = Readonly<Record<string, string>>;

/**
 * Durable, and small: every commit is on disk when it is answered; what a server with one application on one machine doesn't need is off.
 * Given on the command line at each start, so that a directory made by an older version gets today's.
 */
export const defaultSettings: Settings = {
  listen_addresses: '',
  port: '5432',
  max_connections: '60',
  superuser_reserved_connections: '2',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '48MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  effective_cache_size: '512MB',
  huge_pages: 'off',
  // No replicas and no logical decoding: the least WAL a commit can write.
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_buffers: '4MB',
  min_wal_size: '64MB',
  max_wal_size: '384MB',
  checkpoint_timeout: '10min',
  random_page_cost: '1.1',
  // PostgreSQL 18 would keep three I/O workers; short queries on cached pages gain nothing by them.
  io_method: 'sync',
  jit: 'off',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '2',
  // What is inserted and updated all day long (events, jobs, checkpoints) is vacuumed in small bites.
  autovacuum_vacuum_scale_factor: '0.05',
  autovacuum_analyze_scale_factor: '0.05',
  // The query of a client that was killed ends soon, and its locks with it.
  client_connection_check_interval: '5s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  update_process_title: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_checkpoints: 'off',
  // Statements, their values and the details of their errors go to the client that sent them, never to a log: they hold personal data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

export const asArguments = (settings: Settings): string[] => Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
