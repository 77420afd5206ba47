/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the headers of a packet say. */
#ifndef SONDE_PACKET_BPF_H
#define SONDE_PACKET_BPF_H

#include "socket.bpf.h"

/* include/uapi/linux/if_ether.h */
#define ETH_P_IP   0x0800
#define ETH_P_IPV6 0x86dd

#define IP_FRAGMENT_OFFSET 0x1fff

struct sonde_packet {
	u8 source[16];
	u8 destination[16];
	u16 source_port;
	u16 destination_port;
	u8 protocol;
};

static __always_inline bool sonde_has_ports(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_UDPLITE || protocol == IPPROTO_DCCP;
}

static __always_inline void sonde_read_ports(struct sonde_packet *packet, void *transport)
{
	__be16 ports[2] = {};

	if (!sonde_has_ports(packet->protocol) || bpf_probe_read_kernel(ports, sizeof(ports), transport))
		return;
	packet->source_port = bpf_ntohs(ports[0]);
	packet->destination_port = bpf_ntohs(ports[1]);
}

/* Leaves zero what the packet does not have, or not yet: where the kernel has not come to its IP header. */
static __always_inline void sonde_read_packet(struct sk_buff *skb, struct sonde_packet *packet)
{
	void *header = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	u16 ether_type = bpf_ntohs(BPF_CORE_READ(skb, protocol));
	u8 first = 0;

	__builtin_memset(packet, 0, sizeof(*packet));
	bpf_probe_read_kernel(&first, sizeof(first), header);
	if (ether_type == ETH_P_IP && first >> 4 == 4) {
		struct iphdr ip = {};

		bpf_probe_read_kernel(&ip, sizeof(ip), header);
		sonde_set_ipv4(packet->source, ip.saddr);
		sonde_set_ipv4(packet->destination, ip.daddr);
		packet->protocol = ip.protocol;
		if (!(bpf_ntohs(ip.frag_off) & IP_FRAGMENT_OFFSET))
			sonde_read_ports(packet, header + (first & 0xf) * 4);
	} else if (ether_type == ETH_P_IPV6 && first >> 4 == 6) {
		struct ipv6hdr ip = {};

		bpf_probe_read_kernel(&ip, sizeof(ip), header);
		__builtin_memcpy(packet->source, &ip.saddr, sizeof(packet->source));
		__builtin_memcpy(packet->destination, &ip.daddr, sizeof(packet->destination));
		packet->protocol = ip.nexthdr;
		sonde_read_ports(packet, header + sizeof(ip));
	}
}

#endif
