// Runs before the first paint: what this browser was last told about appearance and panels, so that nothing moves later.
(() => {
  const root = document.documentElement;
  const kept = (name) => { try { return localStorage.getItem("earwitness." + name); } catch { return null; } };
  for (const name of ["theme", "filters", "facets", "nav"]) {
    const value = kept(name);
    if (value) root.dataset[name] = value;
  }
})();
