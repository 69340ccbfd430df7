// Forms of what goes out: fields that do not count with what is chosen are put away. Without this script all are there.
(() => {
  "use strict";
  const value = (form, name) => form.elements[name]?.value ?? "";

  document.querySelectorAll("form[data-form]").forEach((form) => {
    const show = () => {
      form.querySelectorAll("[data-with]").forEach((part) => {
        const [name, wanted] = part.dataset.with.split("=");
        part.hidden = !wanted.split(",").includes(value(form, name)) && !part.querySelector(".error");
      });
      const log = form.elements.stream?.selectedOptions?.[0]?.text;
      form.querySelectorAll("select[name=per] optgroup").forEach((group) => {
        group.disabled = group.hidden = group.label !== log;
        if (group.disabled && group.querySelector("option:checked")) form.elements.per.value = "";
      });
      const link = form.querySelector("[data-look]");
      if (link) {
        const page = value(form, "stream") === "supervision" ? "/supervision" : "/activity";
        link.href = `${page}?q=${encodeURIComponent(value(form, "search"))}`;
      }
    };
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    show();
  });
})();
