//! What cells do to one row: a sequence at a step. Each is one pass, with all that is written an
//! argument of its own, so that the compiler knows it apart.

use crate::Element;
use crate::kernel::simd::simd;
use crate::kernel::unary::sigmoid;

simd! {
    /// y += x.
    pub(super) fn add[E: Element](x: &[E], y: &mut [E]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += x;
        }
    }
}

simd! {
    /// h = tanh(x + r).
    pub(super) fn tanh[E: Element](x: &[E], r: &[E], h: &mut [E]) {
        for ((h, &x), &r) in h.iter_mut().zip(x).zip(r) {
            *h = (x + r).tanh();
        }
    }
}

simd! {
    /// h = max(x + r, 0); NaN stays.
    pub(super) fn relu[E: Element](x: &[E], r: &[E], h: &mut [E]) {
        for ((h, &x), &r) in h.iter_mut().zip(x).zip(r) {
            let sum = x + r;
            *h = if sum <= E::ZERO { E::ZERO } else { sum };
        }
    }
}

simd! {
    /// x, r: `[4 · n]` in the order i, f, g, o; `before`: the cell state.
    pub(super) fn lstm[E: Element](
        x: &[E],
        r: &[E],
        before: &[E],
        i: &mut [E],
        f: &mut [E],
        g: &mut [E],
        o: &mut [E],
        c: &mut [E],
        h: &mut [E],
    ) {
        let n = h.len();
        let ([xi, xf, xg, xo], [ri, rf, rg, ro]) = (gates(x, n), gates(r, n));
        let (before, c) = (&before[..n], &mut c[..n]);
        let (i, f, g, o) = (&mut i[..n], &mut f[..n], &mut g[..n], &mut o[..n]);
        for j in 0..n {
            i[j] = sigmoid(xi[j] + ri[j]);
            f[j] = sigmoid(xf[j] + rf[j]);
            g[j] = (xg[j] + rg[j]).tanh();
            o[j] = sigmoid(xo[j] + ro[j]);
            let next = f[j] * before[j] + i[j] * g[j];
            c[j] = next;
            h[j] = o[j] * next.tanh();
        }
    }
}

simd! {
    /// x, y: `[3 · n]` in the order r, z, n; `q` gets the last third of y.
    pub(super) fn gru[E: Element](
        x: &[E],
        y: &[E],
        before: &[E],
        r: &mut [E],
        z: &mut [E],
        new: &mut [E],
        q: &mut [E],
        h: &mut [E],
    ) {
        let n = h.len();
        let ([xr, xz, xn], [yr, yz, yn]) = (gates(x, n), gates(y, n));
        let (before, r, z) = (&before[..n], &mut r[..n], &mut z[..n]);
        let (new, q) = (&mut new[..n], &mut q[..n]);
        for j in 0..n {
            r[j] = sigmoid(xr[j] + yr[j]);
            z[j] = sigmoid(xz[j] + yz[j]);
            q[j] = yn[j];
            new[j] = (xn[j] + r[j] * yn[j]).tanh();
            h[j] = new[j] + z[j] * (before[j] - new[j]);
        }
    }
}

simd! {
    /// dg = dh · (1 − h²).
    pub(super) fn tanh_gradient[E: Element](h: &[E], dh: &[E], dg: &mut [E]) {
        for ((dg, &h), &dh) in dg.iter_mut().zip(h).zip(dh) {
            *dg = dh * (E::ONE - h * h);
        }
    }
}

simd! {
    /// dg = dh where h is positive.
    pub(super) fn relu_gradient[E: Element](h: &[E], dh: &[E], dg: &mut [E]) {
        for ((dg, &h), &dh) in dg.iter_mut().zip(h).zip(dh) {
            *dg = if h <= E::ZERO { E::ZERO } else { dh };
        }
    }
}

simd! {
    /// `kept`: i, f, g, o; `dc`: the gradient by the cell state c, then by the one before.
    pub(super) fn lstm_gradient[E: Element](
        kept: &[E],
        before: &[E],
        c: &[E],
        dh: &[E],
        dc: &mut [E],
        di: &mut [E],
        df: &mut [E],
        dg: &mut [E],
        d_o: &mut [E],
    ) {
        let n = dh.len();
        let [i, f, g, o] = gates(kept, n);
        let (before, c, dc) = (&before[..n], &c[..n], &mut dc[..n]);
        let (di, df, dg, d_o) = (&mut di[..n], &mut df[..n], &mut dg[..n], &mut d_o[..n]);
        for j in 0..n {
            let tanh = c[j].tanh();
            let by_c = dc[j] + dh[j] * o[j] * (E::ONE - tanh * tanh);
            di[j] = by_c * g[j] * i[j] * (E::ONE - i[j]);
            df[j] = by_c * before[j] * f[j] * (E::ONE - f[j]);
            dg[j] = by_c * i[j] * (E::ONE - g[j] * g[j]);
            d_o[j] = dh[j] * tanh * o[j] * (E::ONE - o[j]);
            dc[j] = by_c * f[j];
        }
    }
}

simd! {
    /// `kept`: r, z, n, q; `dh`: the gradient by h, then what of it goes straight to the state
    /// before. `dx` and `dy`, each for r, z and n, differ in the last only.
    pub(super) fn gru_gradient[E: Element](
        kept: &[E],
        before: &[E],
        dh: &mut [E],
        dx_r: &mut [E],
        dx_z: &mut [E],
        dx_n: &mut [E],
        dy_r: &mut [E],
        dy_z: &mut [E],
        dy_n: &mut [E],
    ) {
        let n = dh.len();
        let [r, z, new, q] = gates(kept, n);
        let before = &before[..n];
        let (dx_r, dx_z, dx_n) = (&mut dx_r[..n], &mut dx_z[..n], &mut dx_n[..n]);
        let (dy_r, dy_z, dy_n) = (&mut dy_r[..n], &mut dy_z[..n], &mut dy_n[..n]);
        for j in 0..n {
            let by_n = dh[j] * (E::ONE - z[j]) * (E::ONE - new[j] * new[j]);
            let by_z = dh[j] * (before[j] - new[j]) * z[j] * (E::ONE - z[j]);
            let by_r = by_n * q[j] * r[j] * (E::ONE - r[j]);
            (dx_r[j], dx_z[j], dx_n[j]) = (by_r, by_z, by_n);
            (dy_r[j], dy_z[j], dy_n[j]) = (by_r, by_z, by_n * r[j]);
            dh[j] *= z[j];
        }
    }
}

/// The gates in a row, each of n elements.
#[inline(always)]
fn gates<E, const N: usize>(row: &[E], n: usize) -> [&[E]; N] {
    std::array::from_fn(|gate| &row[gate * n..][..n])
}
