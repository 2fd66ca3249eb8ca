//! Sight, for tests: how different two colours are to people who see all colours and to people who
//! do not.
//!
//! CIEDE2000 after Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula: implementation
//! notes, supplementary test data, and mathematical observations" (2005), tried on their data.
//! Dichromacy after Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of
//! color vision deficiency" (2009), at severity 1.0.

use crate::view::colour::linear;

/// Who looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sight {
    Usual,
    Protanopia,
    Deuteranopia,
    Tritanopia,
}

impl Sight {
    pub(super) const ALL: [Sight; 4] = [
        Sight::Usual,
        Sight::Protanopia,
        Sight::Deuteranopia,
        Sight::Tritanopia,
    ];

    /// Machado's matrix, on linear light.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Sight::Usual => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Sight::Protanopia => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Sight::Deuteranopia => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Sight::Tritanopia => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        }
    }

    /// Returns how different two colours `0xRRGGBB` look.
    pub(super) fn difference(self, a: u32, b: u32) -> f64 {
        ciede2000(self.lab(a), self.lab(b))
    }

    /// Returns what is seen of a colour, in CIELAB under D65.
    fn lab(self, rgb: u32) -> [f64; 3] {
        let [_, parts @ ..] = rgb.to_be_bytes().map(linear);
        let times = |rows: [[f64; 3]; 3], v: [f64; 3]| {
            rows.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
        };
        let seen = times(self.matrix(), parts).map(|part| part.clamp(0.0, 1.0));
        let [x, y, z] = times(
            [
                [0.412_456_4, 0.357_576_1, 0.180_437_5],
                [0.212_672_9, 0.715_152_2, 0.072_175_0],
                [0.019_333_9, 0.119_192_0, 0.950_304_1],
            ],
            seen,
        );
        let f = |t: f64| {
            if t > 216.0 / 24_389.0 {
                t.cbrt()
            } else {
                (24_389.0 / 27.0 * t + 16.0) / 116.0
            }
        };
        let (x, y, z) = (f(x / 0.950_47), f(y), f(z / 1.088_83));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }
}

/// Returns ΔE2000 of two colours in CIELAB; the names are those of the paper.
fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let share = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
    let g = 0.5 * (1.0 - share(f64::midpoint(a1.hypot(b1), a2.hypot(b2))));
    let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let angle = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (angle(a1, b1), angle(a2, b2));
    let is_grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if is_grey => 0.0,
        turn if turn > 180.0 => turn - 360.0,
        turn if turn < -180.0 => turn + 360.0,
        turn => turn,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let h = match h1 + h2 {
        sum if is_grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0)
        - 0.20 * cos(4.0 * h - 63.0);
    let theta = 30.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let middle = (l - 50.0).powi(2);
    let sl = 1.0 + 0.015 * middle / (20.0 + middle).sqrt();
    let sc = 1.0 + 0.045 * c;
    let sh = 1.0 + 0.015 * c * t;
    let rt = -(2.0 * theta).to_radians().sin() * 2.0 * share(c);
    let (l, c, h) = (dl / sl, dc / sc, dh / sh);
    (l * l + c * c + h * h + rt * c * h).sqrt()
}

/// Table 1 of Sharma, Wu and Dalal: two colours and ΔE2000.
const DATA: &str = "
    50.0000   2.6772 -79.7751 50.0000   0.0000 -82.7485  2.0425
    50.0000   3.1571 -77.2803 50.0000   0.0000 -82.7485  2.8615
    50.0000   2.8361 -74.0200 50.0000   0.0000 -82.7485  3.4412
    50.0000  -1.3802 -84.2814 50.0000   0.0000 -82.7485  1.0000
    50.0000  -1.1848 -84.8006 50.0000   0.0000 -82.7485  1.0000
    50.0000  -0.9009 -85.5211 50.0000   0.0000 -82.7485  1.0000
    50.0000   0.0000   0.0000 50.0000  -1.0000   2.0000  2.3669
    50.0000  -1.0000   2.0000 50.0000   0.0000   0.0000  2.3669
    50.0000   2.4900  -0.0010 50.0000  -2.4900   0.0009  7.1792
    50.0000   2.4900  -0.0010 50.0000  -2.4900   0.0010  7.1792
    50.0000   2.4900  -0.0010 50.0000  -2.4900   0.0011  7.2195
    50.0000   2.4900  -0.0010 50.0000  -2.4900   0.0012  7.2195
    50.0000  -0.0010   2.4900 50.0000   0.0009  -2.4900  4.8045
    50.0000  -0.0010   2.4900 50.0000   0.0010  -2.4900  4.8045
    50.0000  -0.0010   2.4900 50.0000   0.0011  -2.4900  4.7461
    50.0000   2.5000   0.0000 50.0000   0.0000  -2.5000  4.3065
    50.0000   2.5000   0.0000 73.0000  25.0000 -18.0000 27.1492
    50.0000   2.5000   0.0000 61.0000  -5.0000  29.0000 22.8977
    50.0000   2.5000   0.0000 56.0000 -27.0000  -3.0000 31.9030
    50.0000   2.5000   0.0000 58.0000  24.0000  15.0000 19.4535
    50.0000   2.5000   0.0000 50.0000   3.1736   0.5854  1.0000
    50.0000   2.5000   0.0000 50.0000   3.2972   0.0000  1.0000
    50.0000   2.5000   0.0000 50.0000   1.8634   0.5757  1.0000
    50.0000   2.5000   0.0000 50.0000   3.2592   0.3350  1.0000
    60.2574 -34.0099  36.2677 60.4626 -34.1751  39.4387  1.2644
    63.0109 -31.0961  -5.8663 62.8187 -29.7946  -4.0864  1.2630
    61.2901   3.7196  -5.3901 61.4292   2.2480  -4.9620  1.8731
    35.0831 -44.1164   3.7933 35.0232 -40.0716   1.5901  1.8645
    22.7233  20.0904 -46.6940 23.0331  14.9730 -42.5619  2.0373
    36.4612  47.8580  18.3852 36.2715  50.5065  21.2231  1.4146
    90.8027  -2.0831   1.4410 91.1528  -1.6435   0.0447  1.4441
    90.9257  -0.5406  -0.9208 88.6381  -0.8985  -0.7239  1.5381
     6.7747  -0.2908  -2.4247  5.8714  -0.0985  -2.2286  0.6377
     2.0776   0.0795  -1.1350  0.9033  -0.0636  -0.5514  0.9082";

#[test]
fn the_difference_is_that_of_the_published_data() {
    let rows: Vec<_> = DATA.trim().lines().collect();
    assert_eq!(rows.len(), 34);
    for row in rows {
        let numbers: Vec<f64> = row.split_whitespace().map(|n| n.parse().unwrap()).collect();
        let &[l1, a1, b1, l2, a2, b2, expected] = &numbers[..] else {
            panic!("{row}");
        };
        for found in [
            ciede2000([l1, a1, b1], [l2, a2, b2]),
            ciede2000([l2, a2, b2], [l1, a1, b1]),
        ] {
            assert!((found - expected).abs() < 0.000_051, "{row}: {found}");
        }
    }
}

#[test]
fn who_sees_no_red_takes_red_for_dark_green() {
    let (red, green) = (0xA0_30_00, 0x4B_55_00);
    assert!(Sight::Usual.difference(red, green) > 30.0);
    assert!(Sight::Protanopia.difference(red, green) < 10.0);
    // Greys are greys to everybody.
    for sight in Sight::ALL {
        assert!(sight.difference(0x80_80_80, 0x80_80_80) < 0.01);
        let far = sight.difference(0, 0xFF_FF_FF);
        assert!((far - 100.0).abs() < 0.1, "{sight:?} {far}");
    }
}
