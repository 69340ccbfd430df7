// Sets of choices that can be searched. Without this script they are plain checkboxes, all of them in sight.
(() => {
  const cross = '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="m4 4 8 8M12 4l-8 8"/></svg>';

  document.querySelectorAll("[data-choices]").forEach((set) => {
    const boxes = [...set.querySelectorAll("input")];
    const count = document.querySelector(`[data-choice-count="${set.id}"]`);
    const chosen = document.querySelector(`[data-chosen="${set.id}"]`);
    const search = document.querySelector(`[data-choice-search="${set.id}"]`);
    const none = set.querySelector(".none");

    const chip = (box) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chip";
      button.append(box.value);
      if (!box.disabled) {
        button.insertAdjacentHTML("beforeend", cross);
        button.setAttribute("aria-label", `Remove ${box.value}`);
        button.addEventListener("click", () => {
          const next = button.nextElementSibling || button.previousElementSibling;
          const place = next ? [...chosen.children].indexOf(next) - (next === button.nextElementSibling ? 1 : 0) : -1;
          box.checked = false;
          show();
          (chosen.children[place] || search || box).focus();
        });
      } else button.disabled = true;
      return button;
    };
    const show = () => {
      const on = boxes.filter((box) => box.checked);
      if (count && boxes.length) count.textContent = `${on.length} of ${boxes.length} chosen`;
      if (chosen) chosen.replaceChildren(...on.map(chip));
    };
    const sift = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      set.querySelectorAll(".choice").forEach((choice) => {
        const text = choice.textContent.toLowerCase();
        choice.hidden = !words.every((word) => text.includes(word) || text.replaceAll("_", " ").includes(word));
        left += choice.hidden ? 0 : 1;
      });
      none.hidden = left > 0;
    };

    set.addEventListener("change", show);
    search?.addEventListener("input", sift);
    search?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // searching is not saving
      if (event.key === "Escape" && search.value) { search.value = ""; sift(); event.stopPropagation(); }
      if (event.key === "ArrowDown") { event.preventDefault(); boxes.find((box) => !box.closest(".choice").hidden && !box.disabled)?.focus(); }
    });
    set.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.target.type !== "checkbox") return;
      const inSight = boxes.filter((box) => !box.closest(".choice").hidden && !box.disabled);
      const to = inSight[inSight.indexOf(event.target) + step];
      event.preventDefault();
      if (to) to.focus(); else if (step < 0) search?.focus();
    });
    show();
  });
})();
