// Ratings, filter and flicker of the quality-control pages. Needs no other file.
(function () {
  "use strict";
  const root = document.documentElement;
  const study = document.body.dataset.study;
  const KEY = `contrast2map ratings: ${study}`;
  const WORDS = ["include", "exclude", "unrated"];
  const COLUMNS = ["subject", "rating", "rater", "comment"];
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // Ratings: {rater, ratings: {subject: {rating, comment, rater, time}}}. The latest rating of a
  // subject counts, so pages can exchange ratings in any order.
  let memory = { rater: "", ratings: {} };
  let kept = true;

  function stored() {
    try {
      const found = checked(JSON.parse(localStorage.getItem(KEY)));
      localStorage.setItem(`${KEY} (test)`, "");
      localStorage.removeItem(`${KEY} (test)`);
      kept = true;
      return found;
    } catch (error) {
      kept = error instanceof SyntaxError; // unreadable contents are replaced
      return checked(null);
    }
  }

  // Only valid ratings are accepted, because anyone can write the address of a page.
  function checked(state) {
    const result = { rater: "", ratings: {} };
    if (state === null || typeof state !== "object") return result;
    if (typeof state.rater === "string") result.rater = state.rater;
    for (const [subject, record] of Object.entries(state.ratings || {})) {
      if (record && WORDS.includes(record.rating) && typeof record.time === "number") {
        const text = (value) => (typeof value === "string" ? value : "");
        result.ratings[subject] = {
          rating: record.rating,
          comment: text(record.comment),
          rater: text(record.rater),
          time: record.time,
        };
      }
    }
    return result;
  }

  function merge(other) {
    for (const [subject, record] of Object.entries(other.ratings)) {
      const mine = memory.ratings[subject];
      if (!mine || record.time > mine.time) memory.ratings[subject] = record;
    }
    memory.rater = memory.rater || other.rater;
  }

  function keep() {
    const rater = memory.rater;
    merge(stored());
    memory.rater = rater;
    if (kept) {
      try {
        localStorage.setItem(KEY, JSON.stringify(memory));
      } catch (error) {
        kept = false;
      }
    }
    show();
  }

  function from_address() {
    if (!location.hash.startsWith("#ratings=")) return;
    try {
      const state = JSON.parse(decodeURIComponent(location.hash.slice("#ratings=".length)));
      if (state.study === study) merge(checked(state));
    } catch (error) {
      say("The address of this page contains ratings that cannot be read.");
    }
    history.replaceState(null, "", "#");
  }

  function address(path, subjects) {
    const ratings = {};
    for (const subject of subjects) {
      if (memory.ratings[subject]) ratings[subject] = memory.ratings[subject];
    }
    const state = { study, rater: memory.rater, ratings };
    return `${path}#ratings=${encodeURIComponent(JSON.stringify(state))}`;
  }

  // Controls: the rows of the overview, or the form on the page of a subject.
  const controls = all("[data-rate]");
  const subjects = controls.map((control) => control.dataset.rate);

  function rating_of(control) {
    const chosen = one("select.rating, input[name=rating]:checked", control);
    return chosen ? chosen.value : "unrated";
  }

  function show() {
    for (const control of controls) {
      const record = memory.ratings[control.dataset.rate] || { rating: "unrated", comment: "" };
      const select = one("select.rating", control);
      if (select) select.value = record.rating;
      for (const radio of all("input[name=rating]", control)) {
        radio.checked = radio.value === record.rating;
      }
      const comment = one(".comment", control);
      if (comment !== document.activeElement) comment.value = record.comment;
      const link = one("a.to-subject", control);
      if (link) link.href = address(`sub-${control.dataset.rate}.html`, [control.dataset.rate]);
    }
    for (const link of all("a.to-overview")) link.href = address("index.html", subjects);
    const rater = one(".rater");
    if (rater && rater !== document.activeElement) rater.value = memory.rater;
    const count = (word) =>
      subjects.filter((subject) => (memory.ratings[subject] || {}).rating === word).length;
    const rated = count("include") + count("exclude");
    const counted = `${rated} of ${subjects.length} rated, ${count("exclude")} excluded. `;
    // In trials, Chromium shared storage between pages opened from disk; Firefox did not.
    const apart = one("table.subjects")
      ? 'Firefox stores the ratings of each page separately: return from a subject\'s page by its link "All subjects".'
      : 'Firefox stores the ratings of each page separately: return by the link "All subjects", which transfers this rating.';
    const status = one(".kept");
    status.classList.toggle("lost", !kept);
    status.textContent =
      (one("table.subjects") ? counted : "") +
      (kept
        ? `Stored in this browser until you save the file. ${apart}`
        : "This browser stores nothing for this page. Your entries are lost when you close it, unless you save them first or use the links between table and subject, which transfer the ratings.");
    filter();
  }

  function enter(control) {
    memory.ratings[control.dataset.rate] = {
      rating: rating_of(control),
      comment: one(".comment", control).value,
      rater: memory.rater,
      time: Date.now(),
    };
    keep();
  }

  // The file is tab-separated; tabs and line ends in comments are written as \t and \n.
  function cell(text) {
    const escaped = text
      .replace(/\\/g, "\\\\")
      .replace(/\t/g, "\\t")
      .replace(/\r\n?|\n/g, "\\n");
    return escaped.includes('"') ? `"${escaped.replace(/"/g, '""')}"` : escaped;
  }

  function table_of_ratings() {
    const rows = [...subjects].sort().map((subject) => {
      const record = memory.ratings[subject] || { rating: "unrated", rater: "", comment: "" };
      return [`sub-${subject}`, record.rating, record.rater, record.comment].map(cell);
    });
    return [COLUMNS, ...rows].map((row) => `${row.join("\t")}\n`).join("");
  }

  function save() {
    const link = document.createElement("a");
    const file = new Blob([table_of_ratings()], { type: "text/tab-separated-values" });
    link.href = URL.createObjectURL(file);
    link.download = one("table.subjects") ? "ratings.tsv" : `ratings_sub-${subjects[0]}.tsv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function parse(text) {
    const rows = [[""]];
    let quoted = false;
    const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
    for (let i = 0; i < source.length; i++) {
      const row = rows[rows.length - 1];
      const letter = source[i];
      if (quoted && letter === '"' && source[i + 1] === '"') {
        row[row.length - 1] += '"';
        i++;
      } else if (letter === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
      else if (!quoted && letter === "\t") row.push("");
      else if (!quoted && letter === "\n") rows.push([""]);
      else row[row.length - 1] += letter;
    }
    return rows.filter((row) => row.length > 1 || row[0] !== "");
  }

  function unescaped(text) {
    const meanings = { t: "\t", n: "\n", "\\": "\\" };
    return text.replace(/\\([tn\\])/g, (_, letter) => meanings[letter]);
  }

  // Loads all ratings of a file; if one is invalid, loads none and reports the reason.
  function load(text) {
    const [header, ...rows] = parse(text);
    if (!header || [...header].sort().join() !== [...COLUMNS].sort().join()) {
      throw new Error(`the file must have the columns ${COLUMNS.join(", ")}, separated by tabs`);
    }
    const found = {};
    for (const row of rows) {
      if (row.length !== COLUMNS.length) throw new Error(`the line "${row.join(" ")}" does not have ${COLUMNS.length} columns`);
      const value = Object.fromEntries(header.map((name, i) => [name, row[i]]));
      const subject = value.subject.trim().replace(/^sub-/, "");
      if (!subjects.includes(subject)) throw new Error(`sub-${subject} is not in this table`);
      if (!WORDS.includes(value.rating)) throw new Error(`"${value.rating}" of sub-${subject} is not a rating`);
      if (found[subject] && found[subject].rating !== value.rating) {
        throw new Error(`sub-${subject} has two different ratings`);
      }
      const comment = unescaped(value.comment);
      found[subject] = { rating: value.rating, comment, rater: value.rater, time: Date.now() };
    }
    Object.assign(memory.ratings, found);
    keep();
    return Object.keys(found).length;
  }

  function say(words) {
    const message = one(".message");
    if (message) message.textContent = words;
  }

  for (const control of controls) {
    for (const input of all(".rating, input[name=rating], .comment", control)) {
      input.addEventListener("change", () => enter(control));
    }
    control.addEventListener("submit", (event) => event.preventDefault());
  }
  for (const rater of all(".rater")) {
    rater.addEventListener("change", () => {
      memory.rater = rater.value.trim();
      // On a subject's page, the rater's name may be entered before or after the rating.
      if (!one("table.subjects") && memory.ratings[subjects[0]]) enter(controls[0]);
      else keep();
    });
  }
  for (const button of all("button.save")) button.addEventListener("click", save);
  for (const input of all("input.load")) {
    input.addEventListener("change", async () => {
      const file = input.files[0];
      input.value = "";
      if (!file) return;
      try {
        say(`${load(await file.text())} ratings loaded from ${file.name}.`);
      } catch (error) {
        say(`Nothing was loaded from ${file.name}: ${error.message}.`);
      }
    });
  }

  // The overview: filter the rows.
  function filter() {
    const choice = one("select.filter");
    if (!choice) return;
    for (const row of all("table.subjects tbody tr")) {
      const rated = row.dataset.rate === undefined ? "" : rating_of(row);
      const shown = {
        all: true,
        flagged: row.dataset.verdict !== "pass",
        unrated: rated === "unrated",
        exclude: rated === "exclude",
      };
      row.hidden = !shown[choice.value];
    }
  }

  for (const choice of all("select.filter")) choice.addEventListener("change", filter);
  for (const box of all("input.all-measures")) {
    box.addEventListener("change", () => document.body.classList.toggle("shows-all-measures", box.checked));
  }

  // A subject's pictures: flicker, outlines, size.
  const flicker = one(".flicker-button");
  function set_flicker(runs) {
    root.classList.toggle("flickers", runs);
    flicker.setAttribute("aria-pressed", runs);
    flicker.textContent = runs ? "Pause flicker" : "Start flicker";
  }
  if (flicker) {
    set_flicker(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    flicker.addEventListener("click", () => {
      root.classList.add("asked"); // the button overrides the system's preference
      set_flicker(!root.classList.contains("flickers"));
    });
  }
  for (const panel of all(".hold")) {
    const hold = (is_held) => panel.classList.toggle("held", is_held);
    panel.addEventListener("pointerdown", () => hold(true));
    for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
      panel.addEventListener(name, () => hold(false));
    }
    for (const name of ["keydown", "keyup"]) {
      panel.addEventListener(name, (event) => {
        if (event.key !== " ") return;
        event.preventDefault(); // prevents the page from scrolling
        hold(name === "keydown");
      });
    }
  }
  for (const box of all("input.show")) {
    const apply = () => root.classList.toggle(`hide-${box.value}`, !box.checked);
    box.addEventListener("change", apply);
    apply();
  }
  for (const range of all("input.scale")) {
    range.addEventListener("input", () => root.style.setProperty("--scale", range.value));
  }

  // Ratings come from this browser and from the page that linked here, also on going back.
  function refresh() {
    merge(stored());
    from_address();
    keep();
  }
  window.addEventListener("pageshow", refresh);
  window.addEventListener("storage", refresh);
  refresh();
})();
