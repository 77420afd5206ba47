// The JavaScript class EventBatch; service/native.ts has its type. Encoded events in memory that V8 does not count: at a
// million events a second it would otherwise run full garbage collections all the time.
#pragma once

#include <napi.h>

#include <memory>

#include "core/capture.h"

namespace sonde {

class EventBatch : public Napi::ObjectWrap<EventBatch> {
public:
	static Napi::Function Define(Napi::Env env);
	// JavaScript thread.
	static Napi::Object New(Napi::Env env, SealedBatch batch);

	// new EventBatch(bytes: Uint8Array, eventCount: number, watermarkUnixNano: bigint, oldestUnixNano?: bigint), or an
	// External of Contents.
	explicit EventBatch(const Napi::CallbackInfo &info);

private:
	struct Contents {
		std::shared_ptr<uint8_t[]> bytes;
		uint32_t offset;
		uint32_t size;
		uint32_t events;
		uint64_t watermark_unix_ns;
		uint64_t oldest_unix_ns;
		std::shared_ptr<const std::vector<Subject>> subjects;  // null: not wanted, or taken
		std::shared_ptr<const std::vector<Stack>> stacks;      // null: none, or taken
	};

	static Napi::Object Wrap(Napi::Env env, Contents contents);
	static Contents FromJs(const Napi::CallbackInfo &info);

	Napi::Value EventCount(const Napi::CallbackInfo &info);
	Napi::Value ByteLength(const Napi::CallbackInfo &info);
	Napi::Value Watermark(const Napi::CallbackInfo &info);
	Napi::Value Oldest(const Napi::CallbackInfo &info);
	Napi::Value TakeStacks(const Napi::CallbackInfo &info);
	Napi::Value TakeSubjects(const Napi::CallbackInfo &info);
	Napi::Value Copy(const Napi::CallbackInfo &info);
	Napi::Value Slice(const Napi::CallbackInfo &info);
	Napi::Value Release(const Napi::CallbackInfo &info);

	// The offset behind so many events. Throws Error(kInvalidArgument) if the bytes are not events.
	uint32_t Skip(uint32_t offset, uint32_t events) const;

	Contents contents_;
};

}  // namespace sonde
