// Lists on small screens: tables become cards or scroll, filters fold away.

/** Writes each cell's heading beside it, so that the style sheet can show rows as cards on a phone. */
export function fitTables() {
  fitDrawings();
  for (const region of document.querySelectorAll("div.portal-table, .portal-scroll")) {
    const table = region.querySelector("table");
    if (!table) continue;
    if (!region.classList.contains("portal-table--scroll") && table.tHead && !table.querySelector("[colspan], [rowspan]")) {
      cards(region, table);
    }
    reachable(region, table);
    new ResizeObserver(() => reachable(region, table)).observe(region);
  }
}

function cards(region, table) {
  const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  // Roles are written out because a table that is not laid out as one loses them in some browsers.
  table.setAttribute("role", "table");
  for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, position) => {
      const heading = cell.tagName === "TH";
      const kind = !heading ? "cell" : row.parentElement === table.tHead ? "columnheader" : "rowheader";
      cell.setAttribute("role", kind);
      if (row.parentElement !== table.tHead) cell.dataset.heading = headings[position] ?? "";
    });
  }
  region.classList.add("portal-table--cards");
}

/** A drawing that is wider than the screen can be scrolled by keyboard too. */
function fitDrawings() {
  for (const region of document.querySelectorAll(".chart__scroll")) {
    const fit = () => (region.scrollWidth > region.clientWidth ? (region.tabIndex = 0) : region.removeAttribute("tabindex"));
    new ResizeObserver(fit).observe(region);
  }
}

/** A region that scrolls can be reached and is named; one that does not is no stop for the Tab key. */
function reachable(region, table) {
  if (region.scrollWidth > region.clientWidth) {
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", table.caption?.textContent.trim() || document.title);
  } else {
    for (const name of ["tabindex", "role", "aria-label", "aria-labelledby"]) region.removeAttribute(name);
  }
}

export function foldFilters() {
  for (const button of document.querySelectorAll(".portal-filter__toggle")) {
    button.parentElement.classList.add("portal-filter--folds");
    button.addEventListener("click", () => {
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
    });
  }
}
