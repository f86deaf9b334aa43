use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of a host on the internet, which alone CloudFront reaches. All else is
/// never connected to: private networks, this machine, link-local (and with it the metadata
/// services), shared and reserved ranges. Follows the registries of IANA
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry/>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry/>).
#[must_use]
pub fn is_on_the_internet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internet_v4(address),
        IpAddr::V6(address) => is_internet_v6(address),
    }
}

fn is_internet_v4(address: Ipv4Addr) -> bool {
    let special = matches!(
        address.octets(),
        [0 | 10 | 127 | 224.., ..] // this network, private, loopback, multicast and reserved
            | [100, 64..=127, ..] // carrier-grade NAT
            | [169, 254, ..] // link-local, instance and container metadata
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _] // protocol assignments, documentation
            | [192, 88, 99, _] // relays of 6to4
            | [198, 18 | 19, ..] // benchmarks
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    );
    !special
}

/// Only global unicast, less what is carved out of it or carries an IPv4 address inside. Outside of
/// it lie loopback, link-local, unique local (fd00:ec2::254), multicast, and IPv4 in any mapping.
fn is_internet_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // 2000::/3 is all that IANA has allocated as global unicast.
    let global = segments[0] & 0xe000 == 0x2000;
    let special = match segments {
        // Protocol assignments with Teredo, documentation.
        [0x2001, second, ..] => second < 0x0200 || second == 0x0db8,
        // 6to4, documentation.
        [first, second, ..] => first == 0x2002 || (first == 0x3fff && second < 0x1000),
    };
    global && !special
}

/// An IPv4 address that the local network translates for hosts with IPv6 alone (RFC 6052).
pub(super) fn is_translated(address: IpAddr) -> bool {
    // The well-known prefix 64:ff9b::/96. It is dropped only where the name has a real IPv4 address
    // beside it, as with the DNS64 of a subnet without IPv4.
    matches!(address, IpAddr::V6(v6) if v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hosts_on_the_internet_are() {
        for address in [
            "1.1.1.1",
            "52.95.110.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2600:9000::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert!(is_on_the_internet(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_inside_of_networks_is_not() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_on_the_internet(address.parse().unwrap()), "{address}");
        }
    }

    proptest! {
        #[test]
        fn an_address_in_disguise_never_is(v4: [u8; 4]) {
            let v4 = Ipv4Addr::from(v4);
            prop_assert!(!is_on_the_internet(v4.to_ipv6_mapped().into()));
            prop_assert!(!is_on_the_internet(v4.to_ipv6_compatible().into()));
        }
    }
}
