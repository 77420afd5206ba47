export * from './sonde/v1/probe_file_open_pb.js';
export * from './sonde/v1/probe_process_exec_pb.js';
export * from './sonde/v1/probe_process_exit_pb.js';
export * from './sonde/v1/probe_process_fork_pb.js';
export * from './sonde/v1/probe_signal_send_pb.js';
