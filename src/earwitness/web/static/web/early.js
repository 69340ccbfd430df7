// Runs before the first paint: what this browser was last told about appearance and panels, so that nothing moves later.
(() => {
  const root = document.documentElement;
  const kept = (name) => { try { return localStorage.getItem("earwitness." + name); } catch { return null; } };
  for (const name of ["theme", "filters", "facets", "nav"]) {
    const value = kept(name);
    if (value) root.dataset[name] = value;
  }
  try { // so that the server can offer times in this zone at once
    document.cookie = `earwitness_zone=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)};path=/;max-age=31536000;samesite=lax`;
  } catch { /* then it offers UTC alone */ }
})();
