(() => {
  "use strict";
  const NO_VALUE = -32768;
  const AXES_OF = {axial: [0, 1], coronal: [0, 2], sagittal: [1, 2]};
  const ENDS_OF = {axial: "LR", coronal: "LR", sagittal: "PA"};
  const GREY = [58 / 255, 58 / 255, 58 / 255, 1]; // background colour of .viewer-stage
  const root = document.getElementById("viewer");
  const one = (name) => root.querySelector(name);
  const say = (words) => { one(".viewer-status").textContent = words; };
  const text = (id) => document.getElementById(id).textContent;
  const state = {head: null, quantity: "T1", orientation: "axial", voxel: [0, 0, 0]};
  let given, panels = [], waiting;

  async function unpack(base64) {
    const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // All low bytes precede all high bytes.
  async function steps(encoded) {
    const bytes = await unpack(encoded.data), n = bytes.length / 2, values = new Int16Array(n);
    for (let i = 0; i < n; i++) values[i] = bytes[i] | (bytes[n + i] << 8);
    return {values, step: encoded.step};
  }

  function error(network, reference) {
    const values = new Int16Array(network.values.length).fill(NO_VALUE);
    const ratio = reference.step / network.step;
    for (let i = 0; i < values.length; i++) {
      const a = network.values[i], b = reference.values[i];
      if (a === NO_VALUE || b === NO_VALUE) continue;
      values[i] = Math.max(-32767, Math.min(32767, Math.round(a - b * ratio)));
    }
    return {values, step: network.step};
  }

  async function unpackHead(packed) {
    const volumes = {scan: await steps(packed.scan)};
    for (const [quantity, maps] of Object.entries(packed.maps)) {
      for (const name of ["reference", "network", "spread"]) {
        volumes[`${quantity}-${name}`] = await steps(maps[name]);
      }
      volumes[`${quantity}-error`] = error(
        volumes[`${quantity}-network`], volumes[`${quantity}-reference`]);
    }
    return {...packed, volumes};
  }

  const keyOf = (name, quantity = state.quantity) => name === "scan" ? name : `${quantity}-${name}`;
  const size = (head, axis) => Math.hypot(...[0, 1, 2].map((row) => head.affine[row][axis]));

  // The drawn image as NIfTI-1: values clipped to the window, missing values far below it.
  function drawn(head, volume, low, high) {
    const buffer = new ArrayBuffer(352 + 2 * volume.values.length), view = new DataView(buffer);
    const put = (at, numbers) =>
      numbers.forEach((number, i) => view.setFloat32(at + 4 * i, number, true));
    view.setInt32(0, 348, true);
    [3, ...head.shape, 1, 1, 1, 1].forEach((n, i) => view.setInt16(40 + 2 * i, n, true));
    view.setInt16(70, 4, true);
    view.setInt16(72, 16, true);
    put(76, [1, size(head, 0), size(head, 1), size(head, 2)]);
    put(108, [352, 1, 0]);
    view.setUint8(123, 2);
    view.setInt16(254, 1, true);
    put(280, head.affine.slice(0, 3).flat());
    [0x6e, 0x2b, 0x31].forEach((letter, i) => view.setUint8(344 + i, letter));
    const to = new Int16Array(buffer, 352), none = low - (high - low);
    volume.values.forEach((value, i) => {
      to[i] = value === NO_VALUE ? none : Math.max(low, Math.min(high, value));
    });
    return buffer;
  }

  const bytesOf = (colours) =>
    Array.from({length: 768}, (_, i) => parseInt(colours.substr(2 * i, 2), 16));

  // The first colour is for missing values; the window begins at the second.
  function addColours(name, colours) {
    const bytes = bytesOf(colours), table = {R: [], G: [], B: [], A: [], I: []};
    for (let i = 0; i < 256; i++) {
      const from = Math.round((Math.max(i - 1, 0) * 255) / 254);
      table.R.push(i ? bytes[3 * from] : Math.round(255 * GREY[0]));
      table.G.push(i ? bytes[3 * from + 1] : Math.round(255 * GREY[1]));
      table.B.push(i ? bytes[3 * from + 2] : Math.round(255 * GREY[2]));
      table.A.push(255);
      table.I.push(i);
    }
    niivue.cmapper.addColormap(name, table);
  }

  function add(parent, tag, className, words) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (words) element.textContent = words;
    parent.append(element);
    return element;
  }

  async function makePanel(name) {
    const figure = add(one(".viewer-panels"), "figure");
    figure.dataset.panel = name;
    const panel = {name, title: add(figure, "figcaption")};
    panel.stage = add(figure, "div", "viewer-stage");
    panel.canvas = add(panel.stage, "canvas");
    panel.canvas.setAttribute("role", "img");
    // NiiVue's crosshair is as wide as a voxel and may fall between two pixels.
    for (const line of ["row", "column"]) add(panel.stage, "i", `viewer-${line}`);
    panel.ends = [add(panel.stage, "span", "near"), add(panel.stage, "span", "far")];
    panel.scale = add(figure, "canvas", "viewer-scale");
    panel.scale.setAttribute("aria-hidden", "true");
    panel.scale.width = 256;
    panel.scale.height = 1;
    const labels = add(figure, "div", "viewer-ends");
    panel.labels = [add(labels, "span"), add(labels, "span"), add(labels, "span")];
    panel.view = new niivue.Niivue({
      backColor: GREY, crosshairWidth: 0, interactive: false,
      isColorbar: false, isNearestInterpolation: true, isOrientationTextVisible: false,
      isRadiologicalConvention: false, dragAndDropEnabled: false, loadingText: "",
      logLevel: "error", sagittalNoseLeft: false, show3Dcrosshair: false,
    });
    await panel.view.attachToCanvas(panel.canvas, false);
    const follow = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const box = panel.canvas.getBoundingClientRect();
      const share = [
        (event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
      AXES_OF[state.orientation].forEach((axis, i) => {
        moveTo(axis, Math.floor(share[i] * state.head.shape[axis]));
      });
      show();
    };
    panel.stage.addEventListener("pointerdown", follow);
    panel.stage.addEventListener("pointermove", follow);
    return panel;
  }

  function moveTo(axis, voxel) {
    state.voxel[axis] = Math.max(0, Math.min(state.head.shape[axis] - 1, voxel));
  }

  const windowOf = (panel) => given.panels[state.quantity].find((each) => each.name === panel.name);

  // Fills a panel after a change of subject or quantity.
  async function fill(panel) {
    const own = windowOf(panel), volume = state.head.volumes[keyOf(panel.name)];
    const low = Math.round(own.low / volume.step), high = Math.round(own.high / volume.step);
    const map = `${panel.name}-${state.quantity}`.toLowerCase();
    addColours(map, own.colours);
    // The range extends half a colour beyond the window, whose ends are the centres of their colours.
    const colour = (high - low) / 254;
    const image = await niivue.NVImage.new(
      drawn(state.head, volume, low, high), "map.nii", map, 1, null,
      low - 1.5 * colour, high + 0.5 * colour);
    image.colormap = map;
    image.cal_min = low - 1.5 * colour;
    image.cal_max = high + 0.5 * colour;
    panel.view.volumes = [];
    panel.view.addVolume(image);
    panel.title.textContent = own.title;
    const bytes = bytesOf(own.colours), scale = panel.scale.getContext("2d");
    const row = scale.createImageData(256, 1);
    for (let i = 0; i < 256; i++) row.data.set([...bytes.slice(3 * i, 3 * i + 3), 255], 4 * i);
    scale.putImageData(row, 0, 0);
    const below = own.low ? "\u2264 " : "";
    const words = [`${below}${signed(own.low, panel)}`, own.unit, `\u2265 ${signed(own.high, panel)}`];
    words.forEach((word, i) => { panel.labels[i].textContent = word; });
  }

  function signed(number, panel, decimals = 0) {
    const digits = Math.abs(number).toFixed(decimals);
    const isZero = Number(digits) === 0;
    if (number < 0 && !isZero) return `\u2212${digits}`;
    return panel.name === "error" && !isZero ? `+${digits}` : digits;
  }

  function valueAt(name, quantity) {
    const {shape, volumes} = state.head, [x, y, z] = state.voxel;
    const volume = volumes[keyOf(name, quantity)];
    const value = volume.values[x + shape[0] * (y + shape[1] * z)];
    if (value === NO_VALUE) return "no value";
    return signed(value * volume.step, {name}, volume.step < 1 ? 1 : 0);
  }

  // Draws the crosshair and shows the values there.
  function show() {
    const {head, voxel, orientation} = state, types = {axial: 0, coronal: 1, sagittal: 2};
    const own = voxel.map((v, axis) => head.first[axis] + v * (axis === 2 ? given.every : 1));
    const mm = [0, 1, 2].map((row) =>
      head.affine[row][3] + voxel.reduce((sum, v, axis) => sum + v * head.affine[row][axis], 0));
    const [across, up] = AXES_OF[orientation];
    const through = 3 - across - up;
    for (const panel of panels) {
      const {view, stage, canvas, ends} = panel;
      const share = (axis) => (100 * (voxel[axis] + 0.5)) / head.shape[axis];
      stage.style.setProperty("--across", `${share(across)}%`);
      stage.style.setProperty("--down", `${100 - share(up)}%`);
      const extent = (axis) => head.shape[axis] * size(head, axis);
      stage.style.aspectRatio = `${extent(across)} / ${extent(up)}`;
      ends.forEach((end, i) => { end.textContent = ENDS_OF[orientation][i]; });
      canvas.setAttribute("aria-label",
        `${panel.title.textContent}, sub-${head.subject}, ${orientation}, ${"xyz"[through]} ${own[through]}`);
      view.opts.sliceType = types[orientation];
      view.scene.crosshairPos = voxel.map((v, axis) => (v + 0.5) / head.shape[axis]);
      view.drawScene();
    }
    for (const cell of root.querySelectorAll("[data-cell]")) {
      const [first, second] = cell.dataset.cell.split("-");
      cell.textContent = second ? valueAt(second, first) : valueAt("scan");
    }
    for (const slider of root.querySelectorAll("[data-axis]")) {
      const axis = Number(slider.dataset.axis);
      slider.max = head.shape[axis] - 1;
      slider.value = voxel[axis];
      slider.setAttribute("aria-valuetext", `voxel ${own[axis]}`);
      slider.nextElementSibling.textContent = own[axis];
    }
    root.dataset.voxel = own.join(" ");
    const place = mm.map((each) => signed(each, {}, 1)).join(", ");
    const words = ["reference", "network", "error", "spread"].map((name) => {
      const value = valueAt(name, state.quantity);
      return `${name} ${value}${value === "no value" ? "" : " ms"}`;
    });
    clearTimeout(waiting); // so that a screen reader does not read every step of a slider
    waiting = setTimeout(() => {
      one(".viewer-place").textContent =
        `Voxel ${own.join(", ")}, at ${place} mm: ${state.quantity} ${words.join(", ")}.`;
    }, 200);
  }

  async function choose(index) {
    state.head = await unpackHead(given.subjects[index]);
    state.voxel = state.head.shape.map((n) => Math.floor(n / 2));
    await refill();
  }

  async function refill() {
    await Promise.all(panels.map(fill));
    show();
  }

  function listen() {
    // Choices are processed one after the other, so that the last choice wins.
    let queue = Promise.resolve(), left = 0;
    const tell = (change) => { root.setAttribute("aria-busy", (left += change) > 0); };
    const then = (task) => {
      tell(1);
      queue = queue.then(task).catch(fail).finally(() => tell(-1));
    };
    one(".viewer-subject").addEventListener("change", (event) => {
      const index = Number(event.target.value);
      then(() => choose(index));
    });
    root.addEventListener("change", (event) => {
      if (event.target.name === "viewer-quantity") {
        const quantity = event.target.value;
        then(() => {
          state.quantity = quantity;
          return refill();
        });
      } else if (event.target.name === "viewer-orientation") {
        state.orientation = event.target.value;
        show();
      }
    });
    for (const slider of root.querySelectorAll("[data-axis]")) {
      slider.addEventListener("input", () => {
        moveTo(Number(slider.dataset.axis), Number(slider.value));
        show();
      });
    }
  }

  function fail(reason) {
    root.dataset.state = "failed";
    one(".viewer-body").hidden = true;
    one(".viewer-open").hidden = true;
    say(`The viewer cannot be opened in this browser (${reason.message || reason}). The static picture is shown instead.`);
  }

  async function open() {
    one(".viewer-open").disabled = true;
    root.dataset.state = "opening";
    say("Unpacking \u2026");
    if (!document.createElement("canvas").getContext("webgl2")) throw Error("no WebGL 2");
    if (typeof DecompressionStream === "undefined") throw Error("the browser is too old");
    given = JSON.parse(text("viewer-data"));
    const program = document.createElement("script");
    program.textContent = new TextDecoder().decode(await unpack(text("viewer-niivue")));
    document.head.append(program);
    one(".viewer-body").hidden = false;
    for (const {name} of given.panels.T1) panels.push(await makePanel(name));
    await choose(0);
    listen();
    one(".viewer-open").hidden = true;
    say("");
    root.dataset.state = "open";
    one(".viewer-subject").focus();
  }

  one(".viewer-open").addEventListener("click", () => open().catch(fail));
})();
