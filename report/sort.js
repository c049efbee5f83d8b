// Sorts tables by a click on a heading; a second click reverses the order.
(function () {
  "use strict";

  function value(row, column) {
    const cell = row.children[column];
    const select = cell.querySelector("select");
    return select ? select.value : (cell.dataset.sort ?? cell.textContent.trim());
  }

  function sort_by(heading) {
    const table = heading.closest("table");
    const column = [...heading.parentNode.children].indexOf(heading);
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [value(a, column), value(b, column)];
      if ((x === "") !== (y === "")) return x === "" ? 1 : -1; // missing values come last
      const order = x.localeCompare(y, "en", { numeric: true });
      const [p, q] = [Number(x), Number(y)];
      const sign = ascending ? 1 : -1;
      return sign * (Number.isNaN(p) || Number.isNaN(q) ? order : p - q);
    });
    body.append(...rows);
  }

  for (const button of document.querySelectorAll("table.sortable thead button")) {
    button.addEventListener("click", () => sort_by(button.closest("th")));
  }
})();
