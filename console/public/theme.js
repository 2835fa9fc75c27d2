// Sets the theme before the first paint. A file of its own because the page's policy forbids inline
// scripts, and classic because a module would run after the paint. src/lib/theme.ts owns the rest.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem('cloudbrain.theme');
  } catch (e) {
    // Storage may be refused; the system's wish decides then.
  }
  var dark =
    kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
