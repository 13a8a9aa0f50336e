"use strict";
for (const table of document.querySelectorAll("table[data-sorts]")) {
  const rows = [...table.tBodies[0].rows];
  const controls = document.getElementById(table.dataset.sorts);
  const [words, outcome] = controls.querySelectorAll("input, select");
  const count = controls.querySelector("output");
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(wanted.every((word) => text.includes(word)) && (!outcome.value || row.dataset.outcome === outcome.value));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length} entries`;
  };
  const sort = (head, place) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
    const number = (text) => (text.trim() === "" ? NaN : Number(text));
    const compare = (one, other) => {
      const [a, b] = [key(one), key(other)], [x, y] = [number(a), number(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) return (a === "") - (b === "") || a.localeCompare(b, "en");
      return x - y;
    };
    rows.sort((one, other) => (down ? -1 : 1) * compare(one, other));
    table.tBodies[0].append(...rows);
  };
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(head, place));
  });
  words.addEventListener("input", show);
  outcome.addEventListener("input", show);
  controls.hidden = false;
  show();
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((it) => (it.open = true)));
