/// The page's own program: draws the model with WebGL 2 and turns it. Nothing is fetched.
enum ReportScript {
  static let source = #"""
    "use strict";
    (() => {
      const model = JSON.parse(document.getElementById("model").textContent);
      const at = id => document.getElementById(id);
      const canvas = at("canvas"), viewer = at("viewer");
      const gl = model && canvas.getContext("webgl2", { antialias: true, alpha: true, preserveDrawingBuffer: true });
      if (!gl) { viewer.dataset.state = "still"; return; }

      // The arrays of the model.
      const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer;
      const coded = new Uint16Array(bytes(model.positions));
      const count = coded.length / 3;
      const half = model.size.map(s => s / 2);
      const radius = Math.hypot(...half) || 1;
      const positions = new Float32Array(3 * count);
      for (let i = 0; i < 3 * count; i++) positions[i] = (coded[i] * model.step - half[i % 3]) / radius;
      const indices = model.wide ? new Uint32Array(bytes(model.indices)) : new Uint16Array(bytes(model.indices));
      const moves = new Float32Array(3 * count);
      const movesCoded = new Int16Array(bytes(model.displacement));
      let reach = 0;
      for (let i = 0; i < movesCoded.length; i++) {
        moves[i] = movesCoded[i] * model.displacementStep / radius;
        reach = Math.max(reach, Math.abs(moves[i]));
      }
      // At the end of the slider the body moves by a fifth of its radius, whatever its true displacement.
      const fullScale = reach > 0 ? 0.2 / reach : 1;

      const normals = new Float32Array(3 * count);
      for (let t = 0; t < indices.length; t += 3) {
        const [a, b, c] = [3 * indices[t], 3 * indices[t + 1], 3 * indices[t + 2]];
        const ux = positions[b] - positions[a], uy = positions[b + 1] - positions[a + 1], uz = positions[b + 2] - positions[a + 2];
        const vx = positions[c] - positions[a], vy = positions[c + 1] - positions[a + 1], vz = positions[c + 2] - positions[a + 2];
        const n = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
        for (const v of [a, b, c]) for (let k = 0; k < 3; k++) normals[v + k] += n[k];
      }

      // Drawing. A pixel takes the smooth normal, or the triangle's own where the surface has a crease.
      const vertexSource = `#version 300 es
        in vec3 position, normal, move; in float value;
        uniform mat3 turn; uniform vec4 view; uniform float deformation, perspective;
        out vec3 place, facing; out float shade;
        void main() {
          place = turn * (position + move * deformation);
          facing = turn * normal; shade = value;
          float w = 1.0 - perspective * place.z;
          gl_Position = vec4((place.xy * view.z + view.xy * w) * vec2(view.w, 1.0), -0.2 * place.z * w, w);
        }`;
      const fragmentSource = `#version 300 es
        precision highp float;
        in vec3 place, facing; in float shade;
        uniform sampler2D ramp; uniform vec3 base; uniform float coloured, flatness;
        out vec4 result;
        void main() {
          vec3 own = normalize(cross(dFdx(place), dFdy(place)));
          vec3 smoothed = normalize(facing + 1e-9 * own);
          vec3 n = dot(own, smoothed) > 0.72 ? smoothed : own;
          vec3 albedo = mix(base, texture(ramp, vec2(shade, 0.5)).rgb, coloured);
          albedo *= albedo;
          float key = max(0.0, dot(n, normalize(vec3(-0.55, 0.75, 0.6))));
          float fill = max(0.0, dot(n, normalize(vec3(0.8, 0.1, 0.5))));
          float sky = 0.5 + 0.5 * n.y;
          float gloss = pow(max(0.0, dot(n, normalize(vec3(-0.3, 0.42, 1.0)))), 40.0);
          vec3 light = 0.85 * key * vec3(1.0, 0.98, 0.95) + (0.2 * fill + 0.16 + 0.26 * sky) * vec3(0.92, 0.97, 1.0);
          vec3 lit = albedo * light + 0.06 * gloss;
          result = vec4(sqrt(mix(lit, albedo, flatness)), 1.0);
        }`;
      const program = gl.createProgram();
      for (const [kind, source] of [[gl.VERTEX_SHADER, vertexSource], [gl.FRAGMENT_SHADER, fragmentSource]]) {
        const shader = gl.createShader(kind);
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
      }
      gl.linkProgram(program);
      if (!gl.getProgramParameter(program, gl.LINK_STATUS)) { viewer.dataset.state = "still"; return; }
      gl.useProgram(program);
      const uniform = name => gl.getUniformLocation(program, name);
      const place = Object.fromEntries(
        ["turn", "view", "deformation", "perspective", "base", "coloured", "flatness"].map(n => [n, uniform(n)]));
      const upload = (name, size, data) => {
        const slot = gl.getAttribLocation(program, name);
        gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
        gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
        if (slot < 0) return;
        gl.enableVertexAttribArray(slot);
        gl.vertexAttribPointer(slot, size, data instanceof Uint16Array ? gl.UNSIGNED_SHORT : gl.FLOAT, true, 0, 0);
      };
      upload("position", 3, positions);
      upload("normal", 3, normals);
      upload("move", 3, moves);
      const values = model.fields.map(f => new Uint16Array(bytes(f.data)));
      upload("value", 1, new Float32Array(count));
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, 64, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, new Uint8Array(model.colors));
      for (const [p, v] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR],
        [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) gl.texParameteri(gl.TEXTURE_2D, p, v);
      gl.enable(gl.DEPTH_TEST);

      // The view: rows of `frame` point right, up and toward the eye.
      const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
      const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
      const unit = a => { const l = Math.hypot(...a) || 1; return a.map(x => x / l); };
      const around = (v, axis, angle) => {
        const c = Math.cos(angle), s = Math.sin(angle), k = dot(v, axis) * (1 - c), w = cross(axis, v);
        return v.map((x, i) => x * c + w[i] * s + axis[i] * k);
      };
      const start = model.planar ? [[1, 0, 0], [0, 1, 0], [0, 0, 1]] : [0, 3, 6].map(i => model.frame.slice(i, i + 3));
      let frame, zoom, shift, chosen = -1, deformation = 0, waiting = false;
      const reset = () => { frame = start.map(v => [...v]); zoom = 1; shift = [0, 0]; draw(); };
      const turn = (sideways, upward) => {
        frame = frame.map(v => around(v, model.up, -sideways));
        const tilted = frame.map(v => around(v, frame[0], -upward));
        // Never over the top: the up axis keeps pointing up.
        if (model.planar || dot(tilted[1], model.up) > 0.03) frame = tilted;
        frame[2] = unit(frame[2]);
        frame[0] = unit(cross(frame[1], frame[2]));
        frame[1] = cross(frame[2], frame[0]);
        draw();
      };
      const magnify = factor => { zoom = Math.min(40, Math.max(0.3, zoom * factor)); draw(); };
      const move = (x, y) => { shift[0] += x; shift[1] += y; draw(); };

      // The start view fits the body: half its width and height on the screen, in units of the radius.
      const depth = model.planar ? 0 : 0.22;
      let fitX = 1e-6, fitY = 1e-6;
      for (let i = 0; i < 3 * count; i += 3) {
        const v = [positions[i], positions[i + 1], positions[i + 2]], w = 1 - depth * dot(v, start[2]);
        fitX = Math.max(fitX, Math.abs(dot(v, start[0])) / w);
        fitY = Math.max(fitY, Math.abs(dot(v, start[1])) / w);
      }
      const draw = () => { if (!waiting) { waiting = true; requestAnimationFrame(paint); } };
      const paint = () => {
        waiting = false;
        const ratio = Math.min(window.devicePixelRatio || 1, 2);
        const width = Math.max(1, Math.round(canvas.clientWidth * ratio)), height = Math.max(1, Math.round(canvas.clientHeight * ratio));
        if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
        gl.viewport(0, 0, width, height);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
        const aspect = width / height;
        const moved = deformation * reach;
        const scale = zoom * 0.9 / Math.max(fitY + moved, (fitX + moved) / aspect);
        gl.uniformMatrix3fv(place.turn, true, frame.flat());
        gl.uniform4f(place.view, shift[0], shift[1], scale, 1 / aspect);
        gl.uniform1f(place.deformation, deformation);
        gl.uniform1f(place.perspective, depth);
        const dark = matchMedia("(prefers-color-scheme: dark)").matches;
        gl.uniform3fv(place.base, model.planar ? (dark ? [0.85, 0.89, 0.93] : [0.13, 0.19, 0.24]) : [0.56, 0.66, 0.75]);
        gl.uniform1f(place.coloured, chosen >= 0 ? 1 : 0);
        gl.uniform1f(place.flatness, model.planar ? 1 : chosen >= 0 ? 0.35 : 0);
        gl.drawElements(gl.TRIANGLES, indices.length, model.wide ? gl.UNSIGNED_INT : gl.UNSIGNED_SHORT, 0);
        viewer.dataset.state = "drawn";
      };

      // The reader's hands.
      const fingers = new Map();
      canvas.addEventListener("pointerdown", e => { canvas.setPointerCapture(e.pointerId); fingers.set(e.pointerId, e); });
      for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, e => fingers.delete(e.pointerId));
      canvas.addEventListener("pointermove", e => {
        const before = fingers.get(e.pointerId);
        if (!before) return;
        const dx = e.clientX - before.clientX, dy = e.clientY - before.clientY, side = canvas.clientHeight;
        if (fingers.size === 2) {
          const other = [...fingers.values()].find(f => f.pointerId !== e.pointerId);
          const gap = f => Math.hypot(f.clientX - other.clientX, f.clientY - other.clientY);
          magnify(gap(e) / Math.max(1, gap(before)));
          move(dx / side, -dy / side);
        } else if (e.shiftKey || e.buttons === 2 || model.planar) {
          move(2 * dx / side, -2 * dy / side);
        } else {
          turn(dx * 0.008, -dy * 0.008);
        }
        fingers.set(e.pointerId, e);
      });
      canvas.addEventListener("contextmenu", e => { if (e.shiftKey) e.preventDefault(); });
      canvas.addEventListener("wheel", e => {
        // The page scrolls until the view has been clicked or tabbed to.
        if (document.activeElement !== canvas && !e.ctrlKey) return;
        e.preventDefault();
        magnify(Math.exp(-Math.max(-60, Math.min(60, e.deltaY)) * 0.004));
      }, { passive: false });
      canvas.addEventListener("keydown", e => {
        const go = model.planar ? (x, y) => move(-0.08 * x, -0.08 * y) : (x, y) => turn(0.1 * x, 0.1 * y);
        const action = {
          ArrowLeft: () => go(-1, 0), ArrowRight: () => go(1, 0), ArrowUp: () => go(0, 1), ArrowDown: () => go(0, -1),
          "+": () => magnify(1.15), "=": () => magnify(1.15), "-": () => magnify(1 / 1.15), 0: reset
        }[e.key];
        if (action && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); action(); }
      });
      at("reset").addEventListener("click", reset);
      at("shown")?.addEventListener("change", e => {
        chosen = Number(e.target.value);
        at("legend").hidden = chosen < 0;
        if (chosen >= 0) {
          const field = model.fields[chosen];
          upload("value", 1, values[chosen]);
          at("low").textContent = field.low;
          at("high").textContent = field.high + (field.unit ? " " + field.unit : "");
        }
        draw();
      });
      const stops = [];
      for (let i = 0; i < 192; i += 21) stops.push(`rgb(${model.colors.slice(i, i + 3)})`);
      at("ramp").style.background = `linear-gradient(to right,${stops})`;
      at("deformation")?.addEventListener("input", e => {
        deformation = fullScale * e.target.value / 100;
        at("factor").textContent = deformation > 0 ? "× " + Number(deformation.toPrecision(3)) : "off";
        draw();
      });
      addEventListener("resize", draw);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
      canvas.addEventListener("webglcontextlost", () => { viewer.dataset.state = "lost"; });

      viewer.querySelector(".still")?.remove();
      canvas.hidden = false;
      at("controls").hidden = false;
      at("hint").textContent = model.planar
        ? "Drag to move, pinch or scroll to zoom. Arrow keys, + − and 0 work too."
        : "Drag to turn, pinch or scroll to zoom, shift-drag to move. Arrow keys, + − and 0 work too.";
      reset();
    })();
    """#
}
