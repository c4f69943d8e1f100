// Loaded before the program: ends it, in its orderly way, when the process that started it has been killed. Nothing stays behind that nobody can see.
const parent = process.ppid;
const timer = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, 250);
timer.unref();
